import type { GPU, HostDevice as HostDeviceSpec, VirtualMachineInstance } from '@virtkit/core-types';
import type { HostDevice } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { ClaimedDevice, DeviceFacts, MachineFacts } from '../facts.ts';
import { pciAddress } from './pci.ts';

type Source = HostDevice['source'];

const none: DeviceFacts = { pci: {}, mediated: {}, usb: {}, networks: {}, claims: {} };

/**
 * GPUs, other devices of the host and SR-IOV functions, in this order. Each device of a resource is used once, in the
 * order in which the node set them aside.
 * @throws PlanError `missing-fact` when fewer devices were set aside than the VMI has
 */
export function planHostDevices(vmi: VirtualMachineInstance, facts: MachineFacts): HostDevice[] {
  const { gpus = [], hostDevices = [], interfaces = [] } = vmi.spec.domain.devices;
  const take = taker(facts.devices ?? none);
  const found = [
    ...planGpus(
      gpus.map((gpu, index) => ({
        gpu,
        source: take(gpu, `spec.domain.devices.gpus[${index}]`),
      })),
    ),
    ...hostDevices.map((device, index): HostDevice => {
      const source = take(device, `spec.domain.devices.hostDevices[${index}]`);
      return { id: idOf(source, device, 'hostdevice'), source };
    }),
  ];
  const functions = interfaces.flatMap((nic, index): HostDevice[] => {
    if (nic.sriov === undefined || nic.state === 'absent') return [];
    const field = `spec.domain.devices.interfaces[${index}]`;
    const address = facts.devices?.networks[nic.name];
    if (address === undefined)
      throw new PlanError('missing-fact', `the device of interface ${nic.name} is not known`, { field });
    return [
      {
        id: `sriov-${nic.name}`,
        source: pciSource(address, facts.devices ?? none),
        ...(nic.pciAddress && { pciAddress: pciAddress(nic.pciAddress, `${field}.pciAddress`) }),
        ...(nic.bootOrder !== undefined && { bootOrder: nic.bootOrder }),
      },
    ];
  });
  return [...found, ...functions];
}

/** KubeVirt's names of devices: by what they are and how they were allocated. */
function idOf(source: Source, device: HostDeviceSpec | GPU, role: 'gpu' | 'hostdevice'): string {
  if (device.claimName) return `dra-${role}-${device.name}`;
  return source.kind === 'usb' ? `usb-host-${device.name}` : `${role}-${device.name}`;
}

/**
 * Virtual GPUs draw into the display where they are told to. When none says anything about its display, the first does.
 */
function planGpus(gpus: readonly { gpu: GPU; source: Source }[]): HostDevice[] {
  const silent = gpus.every(({ gpu }) => gpu.virtualGPUOptions?.display === undefined);
  const first = gpus.find(({ source }) => source.kind === 'mediated');
  return gpus.map((one): HostDevice => {
    const { gpu, source } = one;
    const display = gpu.virtualGPUOptions?.display;
    const shown = silent ? one === first : display !== undefined && display.enabled !== false;
    return {
      id: idOf(source, gpu, 'gpu'),
      source,
      ...(shown && { display: true }),
      ...(shown && display?.ramFB?.enabled !== false && { ramFramebuffer: true }),
    };
  });
}

/** Hands out what was set aside, each device once. */
function taker(facts: DeviceFacts): (device: HostDeviceSpec | GPU, field: string) => Source {
  const used = new Map<string, number>();
  return (device, field) => {
    const { name, claimName, requestName, deviceName = '' } = device;
    if (claimName) {
      const claimed = facts.claims[`${claimName}/${requestName ?? ''}`];
      if (claimed !== undefined) return claimedSource(claimed, facts);
    } else {
      const index = used.get(deviceName) ?? 0;
      used.set(deviceName, index + 1);
      const address = facts.pci[deviceName]?.[index];
      if (address !== undefined) return pciSource(address, facts);
      const uuid = facts.mediated[deviceName]?.[index];
      if (uuid !== undefined) return { kind: 'mediated', uuid, model: 'vfio-pci' };
      const usb = facts.usb[deviceName]?.[index];
      if (usb !== undefined) return { kind: 'usb', ...usb };
    }
    throw new PlanError('missing-fact', `no device of the host was set aside for ${name}`, { field });
  };
}

function claimedSource(claimed: ClaimedDevice, facts: DeviceFacts): Source {
  return claimed.kind === 'pci'
    ? pciSource(claimed.address, facts)
    : { kind: 'mediated', uuid: claimed.uuid, model: claimed.model ?? 'vfio-pci' };
}

function pciSource(address: string, { nodes = {} }: DeviceFacts): Source {
  const hostNode = nodes[address];
  return { kind: 'pci', address: address.toLowerCase(), ...(hostNode !== undefined && { hostNode }) };
}
