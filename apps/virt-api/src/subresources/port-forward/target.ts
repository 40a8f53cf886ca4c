import { ApiServerError } from '@virtkit/apiserver';
import { instanceConditions, isConditionTrue, type VirtualMachineInstance } from '@virtkit/core-types';
import { conflict, refusal } from '../refusal.ts';

/** Where a forwarded port leads. */
export interface ForwardTarget {
  readonly protocol: 'tcp' | 'udp';
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `{port}[/{protocol}]` and finds the guest's address.
 *
 * @throws ApiServerError `BadRequest` for a port or protocol that does not exist and an instance without an address,
 * `Conflict` for a paused one
 */
export function forwardTarget(
  { metadata, status }: VirtualMachineInstance,
  rest: readonly string[],
): ForwardTarget {
  const [portText = '', protocol = 'tcp', ...more] = rest;
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65_535 || more.length > 0)
    throw new ApiServerError('BadRequest', `"${rest.join('/')}" does not name a port`);
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw new ApiServerError('BadRequest', `protocol "${protocol}" is not one of tcp, udp`);
  const name = metadata.name ?? '';
  if (isConditionTrue(status?.conditions, instanceConditions.paused))
    throw conflict('virtualMachineInstances', name, 'it is paused');
  const host = status?.interfaces?.[0]?.ipAddress;
  if (host === undefined || host === '')
    throw refusal('BadRequest', 'virtualMachineInstances', name, 'it has no network address');
  return { protocol, host, port };
}
