import { admit, offlineContext, type AdmissionResult } from '@virtkit/admission';
import type { VirtualMachine } from '@virtkit/core-types';

/** What a cluster with the built-in configuration would say of a new machine, and how it would be stored, without asking one. */
export function judge(machine: VirtualMachine, uuid: () => string): Promise<AdmissionResult> {
  const resource = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachines' };
  const context = offlineContext({ uuid, now: () => new Date().toISOString() });
  return admit({ operation: 'CREATE', resource, object: machine, user: { name: 'me' } }, context);
}
