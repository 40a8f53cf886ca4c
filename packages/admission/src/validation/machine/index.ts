import type { VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import type { Finding } from '../finding.ts';
import { applyRules, firstFindings } from '../rule.ts';
import { machineCreateFindings, machineSpecFindings } from './spec.ts';
import { dataVolumeRules, snapshotStateRules } from './storage.ts';
import type { MachineSubject } from './subject.ts';
import { volumeRequestFindings } from './volume-requests.ts';

/** A write to a virtual machine, with what its webhook looks up. */
export interface MachineWrite extends MachineSubject {
  /** The machine as its spec is judged: with instance type, preference and defaults in its template. */
  readonly effective: VirtualMachine;
  /** The running instance; undefined when there is none. */
  readonly instance: VirtualMachineInstance | undefined;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * Findings of a virtual machine, after its references and defaults: of its spec, of its storage, of its volume requests. The
 * first of them that has any answers alone.
 */
export function machineFindings(write: MachineWrite): readonly Finding[] {
  const { effective, before, trusted, configuration } = write;
  const subject = { spec: effective.spec, root: 'spec', trusted, configuration };
  return firstFindings(
    () => (before === undefined ? machineCreateFindings(subject) : []),
    () => machineSpecFindings(subject),
    () => applyRules([...dataVolumeRules, ...snapshotStateRules], write),
    () => volumeRequestFindings(write),
  );
}

/** Findings of a write to the status of a virtual machine, after the schema (KubeVirt rule SCH-5). */
export function machineStatusFindings(write: Omit<MachineWrite, 'effective'>): readonly Finding[] {
  return firstFindings(
    () => volumeRequestFindings(write),
    () => applyRules(snapshotStateRules, write),
  );
}

/** What a virtual machine's author is told beside the verdict (KubeVirt rule VM-W1). */
export function machineWarnings({ spec }: VirtualMachine): readonly string[] {
  return spec.running === undefined ? [] : ['spec.running is deprecated: use spec.runStrategy'];
}
