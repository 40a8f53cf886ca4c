import type { VirtualMachineInstance } from '@virtkit/core-types';
import { MachineSpecSchema, type MachineSpec, type MachineSpecInput } from '@virtkit/hal';
import { uncarried } from '../carried/uncarried.ts';
import { PlanError } from '../errors.ts';
import type { PlanConfiguration, MachineFacts } from '../facts.ts';
import { planDevices } from './devices.ts';
import { planDisks } from './disks.ts';
import { planFirmware } from './firmware.ts';
import { planAcceleration, planArchitecture, planCpu, planMemory } from './hardware.ts';
import { planInterfaces } from './interfaces.ts';

/** KubeVirt: the grace period of a VMI that names none, in seconds. It is not written into the object. */
export const defaultGracePeriodSeconds = 30;

/** The name under which hypervisors know the machine of a VMI: `namespace_name`. */
export function machineName(vmi: VirtualMachineInstance): string {
  return `${vmi.metadata.namespace ?? 'default'}_${vmi.metadata.name ?? ''}`;
}

/**
 * The machine that a VMI asks for. Pure and deterministic: equal input gives a deeply equal spec, so that `define` of a
 * machine that exists already succeeds after any restart.
 *
 * @param vmi as admission left it: defaults are filled in, its UID is set.
 * @throws PlanError `unsupported` for a field that is not carried out (admission refuses those first), `invalid`,
 *   `missing-fact`; `field` names the place.
 */
export function planMachine(
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  configuration: PlanConfiguration,
): MachineSpec {
  const { spec, metadata } = vmi;
  const [refused] = uncarried(spec);
  if (refused !== undefined)
    throw new PlanError('unsupported', `${refused.path}: ${refused.reason}`, { field: refused.path });
  if (metadata.uid === undefined || metadata.uid === '')
    throw new PlanError('invalid', 'the VMI has no UID', { field: 'metadata.uid' });
  return checked({
    version: 1,
    id: metadata.uid,
    name: machineName(vmi),
    labels: { namespace: metadata.namespace ?? 'default', name: metadata.name ?? '', uid: metadata.uid },
    architecture: planArchitecture(spec, facts),
    machineType: spec.domain.machine?.type ?? '',
    acceleration: planAcceleration(configuration),
    cpu: planCpu(spec.domain),
    memory: { sizeBytes: planMemory(spec.domain) },
    firmware: planFirmware(spec.domain, facts, configuration),
    disks: planDisks(vmi, facts),
    interfaces: planInterfaces(vmi, facts),
    ...planDevices(spec, configuration),
    onReboot: spec.domain.rebootPolicy === 'Terminate' ? 'terminate' : 'restart',
    startPaused: spec.startStrategy === 'Paused',
    gracePeriodSeconds: Math.max(0, spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds),
  });
}

/** The HAL's own schema has the last word, so that a wrong plan fails here and not on a node's hypervisor. */
function checked(input: MachineSpecInput): MachineSpec {
  const result = MachineSpecSchema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new PlanError('invalid', `${issue.path.join('.')}: ${issue.message}`, { cause: result.error });
}
