import { createHash } from 'node:crypto';
import { claimNames, kernelBootVolume, type LauncherFacts } from '@virtkit/controllers';
import { launcherPaths, type VirtualMachineInstance, type Volume } from '@virtkit/core-types';
import type { MachineSpec } from '@virtkit/hal';
import type { ClaimedDevice, DeviceFacts, MachineFacts } from '@virtkit/machine-plan';

/** A UUID (version 4 by its form) that is the same for the same text, where a cluster would have taken a random one. */
export function standInUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

const architectures: Readonly<Record<string, MachineSpec['architecture']>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  s390x: 's390x',
};

/**
 * What a node would tell of an instance, made up: every image is there, every network is set up, every device was set aside. The
 * names are those that they would have in a launcher's Pod; a host of the guest's architecture is assumed.
 */
export function standInFacts(instance: VirtualMachineInstance): MachineFacts {
  const { spec } = instance;
  const { interfaces = [] } = spec.domain.devices;
  const container = spec.domain.firmware?.kernelBoot?.container;
  const kernelFolder = `${launcherPaths.containerDisks}/${kernelBootVolume}`;
  const architecture = architectures[spec.architecture ?? 'amd64'];
  const volumes = spec.volumes ?? [];
  return {
    images: Object.fromEntries(volumes.map((volume) => [volume.name, imageOf(volume)])),
    ...(container !== undefined && {
      kernelBoot: {
        path: `${kernelFolder}${container.kernelPath ?? ''}`,
        ...(container.initrdPath && { initrdPath: `${kernelFolder}${container.initrdPath}` }),
      },
    }),
    interfaces: Object.fromEntries(
      interfaces.map(({ name }, index) => [name, { backend: { kind: 'tap', device: `tap${index}` } }]),
    ),
    hardwareVirtualization: { state: 'usable' },
    ...(architecture !== undefined && { architecture }),
    devices: standInDevices(instance),
    hostCpus: Array.from({ length: 512 }, (_, index) => index),
    hostNodes: [
      {
        id: 0,
        cores: Array.from({ length: 256 }, (_, core) => [core, core + 256]),
        distances: [{ node: 0, value: 10 }],
      },
    ],
    cloudInitSecrets: Object.fromEntries(
      volumes.map(({ name }) => [
        name,
        { userData: '# from the Secret\n', networkData: '# from the Secret\n' },
      ]),
    ),
    sshKeys: [],
    ownVsockAddresses: true,
  };
}

function imageOf({ name, containerDisk, hostDisk }: Volume): MachineFacts['images'][string] {
  const sizes = { blockSizes: { logical: 512, physical: 512 } };
  if (containerDisk !== undefined) {
    const path = containerDisk.path || '/disk/disk.img';
    return {
      path: `${launcherPaths.containerDisks}/${name}${path}`,
      format: path.endsWith('.qcow2') ? 'qcow2' : 'raw',
      ...sizes,
    };
  }
  const file = hostDisk === undefined ? 'disk.img' : (hostDisk.path.split('/').at(-1) ?? 'disk.img');
  return { path: `${launcherPaths.disks}/${name}/${file}`, format: 'raw', directIo: true, ...sizes };
}

/** A PCI address for each device, one after the other, in a domain that no machine has. */
function standInDevices({ spec }: VirtualMachineInstance): DeviceFacts {
  const { gpus = [], hostDevices = [], interfaces = [] } = spec.domain.devices;
  let next = 0;
  const address = (): string => `ffff:${(next++).toString(16).padStart(2, '0')}:00.0`;
  const pci: Record<string, string[]> = {};
  const claims: Record<string, ClaimedDevice> = {};
  for (const { deviceName, claimName, requestName } of [...gpus, ...hostDevices]) {
    if (claimName) claims[`${claimName}/${requestName ?? ''}`] = { kind: 'pci', address: address() };
    else if (deviceName) (pci[deviceName] ??= []).push(address());
  }
  const networks = Object.fromEntries(
    interfaces.filter(({ sriov }) => sriov !== undefined).map(({ name }) => [name, address()]),
  );
  return { pci, mediated: {}, usb: {}, networks, claims };
}

/** What a cluster would tell of a launcher's surroundings, made up: claims exist and have a file system. */
export function standInLauncherFacts(instance: VirtualMachineInstance): LauncherFacts {
  return {
    stateClaim: `persistent-state-for-${instance.metadata.name ?? ''}`,
    claims: new Map(
      claimNames(instance).map((name) => [
        name,
        { volumeMode: 'Filesystem', accessModes: ['ReadWriteOnce'] },
      ]),
    ),
  };
}
