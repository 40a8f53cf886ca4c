import type { VirtualMachineInstance } from '@virtkit/core-types';
import { MachineSpecSchema, type MachineSpec } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { MachineFacts, PlanConfiguration } from '../facts.ts';
import { planCpu } from './cpu.ts';
import { planDevices } from './devices.ts';
import { planDisks } from './disks.ts';
import { planFirmware } from './firmware.ts';
import { planInterfaces } from './interfaces.ts';
import { planMemory } from './memory.ts';

const architectures = { amd64: 'x86_64', arm64: 'aarch64', s390x: 's390x' } as const;

/** Seconds that a guest gets to shut down when the instance does not say (KubeVirt lifecycle, grace values). */
export const defaultGracePeriodSeconds = 30;

/**
 * The machine that an instance asks for. Pure: equal input gives an equal spec, so it can be compared with the one that
 * runs. Expects an instance that admission let through; what is not carried is refused there, and here again.
 *
 * @throws PlanError `missing-fact`, `invalid-instance`, `not-carried`, with the field.
 */
export function planMachine(
  instance: VirtualMachineInstance,
  facts: MachineFacts,
  configuration: PlanConfiguration,
): MachineSpec {
  const { metadata, spec } = instance;
  const { name, namespace, uid } = metadata;
  if (name === undefined || namespace === undefined || uid === undefined)
    throw new PlanError('invalid-instance', 'metadata', 'an instance has a name, a namespace and a uid');
  const architecture = architectures[(spec.architecture ?? 'amd64') as keyof typeof architectures] as
    MachineSpec['architecture'] | undefined;
  if (architecture === undefined)
    throw new PlanError('not-carried', 'spec.architecture', `architecture ${spec.architecture} is unknown`);
  return MachineSpecSchema.parse({
    version: 1,
    id: uid,
    name: `${namespace}_${name}`,
    labels: { namespace, name },
    architecture,
    machineType: spec.domain.machine?.type ?? '',
    acceleration: configuration.useEmulation ? 'prefer-hardware' : 'hardware',
    cpu: planCpu(spec.domain),
    memory: { sizeBytes: planMemory(spec.domain) },
    firmware: planFirmware(instance, facts, configuration),
    disks: planDisks(instance, facts),
    interfaces: planInterfaces(instance, facts),
    ...planDevices(spec, configuration),
    onReboot: spec.domain.rebootPolicy === 'Terminate' ? 'terminate' : 'restart',
    startPaused: spec.startStrategy === 'Paused',
    gracePeriodSeconds: spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds,
  });
}
