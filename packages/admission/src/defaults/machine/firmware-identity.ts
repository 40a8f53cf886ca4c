import type { VirtualMachine, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { v5 } from 'uuid';

/** KubeVirt's name space of the UUIDs of machines that were created without one. */
const namespace = '6a1a24a1-4061-4607-8bf4-a3963d0c5895';

/** A new machine's UUID and serial number, each random and its own. On the caller's own copy. */
export function fillFirmwareIdentity({ domain }: VirtualMachineInstanceSpec, uuid: () => string): void {
  const firmware = (domain.firmware ??= {});
  firmware.uuid ||= uuid();
  firmware.serial ||= uuid();
}

/** The firmware UUID of a machine whose spec names none: version 5 (RFC 9562) of its name, the same at every start. */
export function legacyFirmwareUuid(machineName: string): string {
  return v5(machineName, namespace);
}

/**
 * A machine of before machines were given an identity, with the one that its instances have had (KubeVirt defaulting, identity
 * fallback of the controller). The machine itself when it has one or has no template spec.
 */
export function withLegacyFirmwareUuid(machine: VirtualMachine): VirtualMachine {
  const { template } = machine.spec;
  if (template.spec === undefined || template.spec.domain.firmware?.uuid) return machine;
  const { domain } = template.spec;
  const firmware = { ...domain.firmware, uuid: legacyFirmwareUuid(machine.metadata.name ?? '') };
  const spec = { ...template.spec, domain: { ...domain, firmware } };
  return { ...machine, spec: { ...machine.spec, template: { ...template, spec } } };
}
