import { annotations as keys, type VirtualMachineInstance } from '@virtkit/core-types';
import { PciAddressSchema, type Pci } from '@virtkit/hal';
import type { PlanConfiguration } from '../configuration.ts';
import { PlanError } from '../errors.ts';
import { architectureOf } from './architecture.ts';
import { guestMemory } from './memory.ts';

/** A PCI address in lower case. @throws PlanError `invalid` */
export function pciAddress(address: string, field: string): string {
  const result = PciAddressSchema.safeParse(address.toLowerCase());
  if (result.success) return result.data;
  throw new PlanError('invalid', `${address} is not a PCI address like 0000:81:01.0`, { field });
}

/** KubeVirt: interfaces that a machine has room for when it is made. */
const interfaceSlots = 4;
/** KubeVirt: ports in all and free ones at least, for small guests and for those with more than 2 GiB. */
const ports = { small: { total: 8, free: 3 }, large: { total: 16, free: 6 } };
const largeGuest = 2 * 2 ** 30;

/**
 * Where PCI devices go, on machines that have PCI Express. Devices can be added later only where the configuration says
 * that something adds them.
 * @throws PlanError `invalid` for a number of slots that is none
 */
export function planPci(vmi: VirtualMachineInstance, configuration: PlanConfiguration): Pci | undefined {
  const { annotations = {} } = vmi.metadata;
  const architecture = architectureOf(vmi.spec);
  if (architecture === 's390x') return undefined;
  const noHole = annotations[keys.disablePCIHole64] === 'true' && architecture === 'x86_64';
  const onRoot = annotations[keys.placePCIDevicesOnRootComplex] === 'true';
  const numaAware =
    configuration.pciNumaAware === true && vmi.spec.domain.cpu?.dedicatedCpuPlacement === true;
  if (!noHole && !onRoot && !numaAware && configuration.sparePciPorts !== true) return undefined;
  return {
    placement: onRoot ? { kind: 'root-complex' } : planPorts(vmi, configuration),
    numaAware,
    ...(noHole && { hole64Bytes: 0 }),
  };
}

function planPorts(vmi: VirtualMachineInstance, { sparePciPorts }: PlanConfiguration): Pci['placement'] {
  const kind = 'ports';
  if (sparePciPorts !== true) return { kind, spareInterfaces: 0, totalPorts: 0, minSparePorts: 0 };
  const present = (vmi.spec.domain.devices.interfaces ?? []).filter(({ state }) => state !== 'absent').length;
  const frozen = vmi.metadata.annotations?.[keys.pciInterfaceSlotCount];
  const slots = frozen === undefined ? (present === 0 ? 0 : interfaceSlots) : slotCount(frozen);
  const { total, free } = guestMemory(vmi) > largeGuest ? ports.large : ports.small;
  return {
    kind,
    spareInterfaces: Math.max(0, slots - present),
    totalPorts: total,
    minSparePorts: free,
  };
}

function slotCount(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new PlanError('invalid', `${text} is no number of PCI slots`, {
    field: `metadata.annotations.${keys.pciInterfaceSlotCount}`,
  });
}
