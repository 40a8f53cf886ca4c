import type {
  CloudInitConfigDriveSource,
  HostDevice,
  Interface,
  VirtualMachineInstance,
} from '@virtkit/core-types';
import type { MachineFacts } from '../facts.ts';
import {
  cloudInitData,
  hostname,
  instanceType,
  publicKeys,
  type Seed,
  type SeedPlace,
} from './cloud-init.ts';
import { interfaceMac } from './mac-address.ts';

/** Folder of OpenStack's metadata on a configuration drive. */
const folder = 'openstack/latest';

/**
 * A configuration drive as cloud-init reads OpenStack's: a volume `config-2` with metadata, user data and network data.
 * Devices that carry a tag are listed with what identifies them before the guest starts.
 * @throws PlanError as a NoCloud seed does
 */
export function planConfigDrive(
  vmi: VirtualMachineInstance,
  source: CloudInitConfigDriveSource,
  place: SeedPlace,
  facts: MachineFacts,
): Seed {
  const { userData, networkData } = cloudInitData(source, place, facts);
  const { metadata, spec } = vmi;
  const devices = taggedDevices(vmi);
  const metaData = {
    instance_type: instanceType(vmi),
    instance_id: `${metadata.name ?? ''}.${metadata.namespace ?? 'default'}`,
    hostname: hostname(vmi),
    uuid: spec.domain.firmware?.uuid,
    ...(devices.length > 0 && { devices }),
    public_keys: publicKeys(facts),
  };
  return {
    kind: 'seed',
    volumeLabel: 'config-2',
    files: [
      { name: `${folder}/meta_data.json`, content: JSON.stringify(metaData) },
      { name: `${folder}/user_data`, content: userData },
      ...(networkData === '' ? [] : [{ name: `${folder}/network_data.json`, content: networkData }]),
    ],
  };
}

interface TaggedDevice {
  type: 'nic' | 'hostdev';
  bus?: 'pci';
  address?: string;
  mac?: string;
  tags: string[];
}

function taggedDevices(vmi: VirtualMachineInstance): TaggedDevice[] {
  const { interfaces = [], gpus = [], hostDevices = [] } = vmi.spec.domain.devices;
  return [
    ...interfaces.filter(isTagged).map((nic: Interface & { tag: string }) => taggedInterface(vmi, nic)),
    ...[...gpus, ...hostDevices]
      .filter(isTagged)
      .map(({ tag }: HostDevice & { tag: string }): TaggedDevice => ({ type: 'hostdev', tags: [tag] })),
  ];
}

function isTagged<T extends { tag?: string | undefined }>(device: T): device is T & { tag: string } {
  return device.tag !== undefined && device.tag !== '';
}

function taggedInterface(vmi: VirtualMachineInstance, nic: Interface & { tag: string }): TaggedDevice {
  return {
    type: 'nic',
    ...(nic.pciAddress && { bus: 'pci' as const, address: nic.pciAddress }),
    ...(nic.sriov === undefined && { mac: interfaceMac(vmi, nic.name, nic.macAddress) }),
    tags: [nic.tag],
  };
}
