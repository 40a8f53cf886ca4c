import { createHash } from 'node:crypto';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import { PlanError } from '../errors.ts';

/** The address of the bridge in a Pod's masquerade network; no guest may have it. */
export const reservedMac = '02:00:00:00:00:00';

/**
 * A unicast, locally administered MAC address that depends on the VMI's UID and the interface's name alone, so that a
 * plan made again names the same device.
 */
function deterministicMac(uid: string, interfaceName: string): string {
  const digest = createHash('sha256').update(`${uid}/${interfaceName}`).digest();
  const octets = [0x02, ...digest.subarray(0, 5)];
  const mac = octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
  return mac === reservedMac ? '02:00:00:00:00:01' : mac;
}

/**
 * Six octets in lower case with colons, from any of the usual forms (`02:..`, `02-..`, `0200.0000.0001`).
 * @throws PlanError `invalid`
 */
export function normaliseMac(mac: string, field: string): string {
  const digits = mac.replace(/[:.-]/g, '').toLowerCase();
  const wellFormed =
    /^([0-9a-f]{2}([:-])[0-9a-f]{2}(\2[0-9a-f]{2}){4})$/i.test(mac) ||
    /^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i.test(mac);
  if (!wellFormed) throw new PlanError('invalid', `${mac} is not a MAC address of six octets`, { field });
  if (Number.parseInt(digits.slice(0, 2), 16) % 2 === 1)
    throw new PlanError('invalid', `${mac} is a multicast address`, { field });
  return digits.replace(/(..)(?=.)/g, '$1:');
}

/**
 * The MAC address of an interface: the one given, else the deterministic one.
 * @throws PlanError `invalid` for a text that is no address, a multicast address, or the bridge's own
 */
export function interfaceMac(
  { metadata }: Pick<VirtualMachineInstance, 'metadata'>,
  name: string,
  given: string | undefined,
  field = `spec.domain.devices.interfaces.${name}.macAddress`,
): string {
  const mac = given ? normaliseMac(given, field) : deterministicMac(metadata.uid ?? '', name);
  if (mac !== reservedMac) return mac;
  throw new PlanError('invalid', `${mac} belongs to the bridge in the Pod`, { field });
}
