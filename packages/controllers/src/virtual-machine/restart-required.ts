import {
  jsonEqual,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import type { ControllerRevision } from '../kinds.ts';
import { templateOf } from './start-revision.ts';

/**
 * Whether the running instance differs from the machine's template in a way that only a restart carries over.
 *
 * No field of the template reaches a running instance yet, so any difference of `spec.template.spec` counts, with one
 * exception from KubeVirt's list: a firmware uuid that was filled in later and equals the instance's. The template's
 * labels and annotations never count.
 */
export function isRestartRequired(
  machine: VirtualMachine,
  instance: VirtualMachineInstance,
  revisions: readonly ControllerRevision[],
): boolean {
  const newest = revisions[0];
  if (newest === undefined) return false;
  const started = templateOf(newest)?.spec;
  return !jsonEqual(withUuid(started, instance), withUuid(machine.spec.template.spec, instance));
}

function withUuid(
  spec: VirtualMachineInstanceSpec | undefined,
  instance: VirtualMachineInstance,
): VirtualMachineInstanceSpec | undefined {
  const uuid = instance.spec.domain.firmware?.uuid;
  if (spec === undefined || spec.domain.firmware?.uuid !== undefined) return spec;
  return { ...spec, domain: { ...spec.domain, firmware: { ...spec.domain.firmware, uuid } } };
}
