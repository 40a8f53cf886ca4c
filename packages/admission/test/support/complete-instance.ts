import type { VirtualMachineInstance, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { clusterConfiguration, defaultInstance, type InstanceDefaultsInput } from '../../src/index.ts';

export const now = '2026-01-01T00:00:00Z';

/** The instance as it is stored when it is created; the test ends when it is refused. */
export function completeInstance(
  instance: Partial<VirtualMachineInstance>,
  input: Partial<InstanceDefaultsInput> = {},
): VirtualMachineInstance {
  const whole = { metadata: { name: 'vmi' }, spec: { domain: { devices: {} } }, ...instance };
  const result = defaultInstance(whole, {
    configuration: clusterConfiguration(),
    uuid: () => 'uuid',
    now,
    trusted: true,
    ...input,
  });
  if (!result.ok) throw new Error(result.denied.message);
  return result.object;
}

/** The spec that an instance with this domain is stored with. */
export function completeSpec(
  domain: Partial<VirtualMachineInstanceSpec['domain']>,
  rest: Partial<VirtualMachineInstanceSpec> = {},
  input: Partial<InstanceDefaultsInput> = {},
): VirtualMachineInstanceSpec {
  return completeInstance({ spec: { ...rest, domain: { devices: {}, ...domain } } }, input).spec;
}
