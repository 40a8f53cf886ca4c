import { networkInterfaces } from 'node:os';

/**
 * An IPv4 address of this machine that the API server takes for an endpoint of a Service: those of the loopback interface are
 * refused.
 * @throws Error when there is no other
 */
export function machineAddress(): string {
  const addresses = Object.values(networkInterfaces()).flat();
  const found = addresses.find((address) => address?.family === 'IPv4' && !address.internal);
  if (found === undefined)
    throw new Error('this machine has no IPv4 address but the loopback one, at which a Service cannot be');
  return found.address;
}
