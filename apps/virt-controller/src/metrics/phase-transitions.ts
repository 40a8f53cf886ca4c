import { Histogram, type Registry } from 'prom-client';
import type { Change, Informer } from '@virtkit/controllers/runtime';
import type { VirtualMachineInstance } from '@virtkit/core-types';

/** KubeVirt metrics: buckets of the times between phases, in seconds. */
const buckets = [0.5, 1, 2, 5, 10, 20, 30, 40, 50, 60, 90, 120, 180, 300, 600, 1200, 1800, 3600];

/** A phase that an instance came to, and how long that took since other things, in seconds. */
export interface PhaseTransition {
  readonly phase: string;
  readonly lastPhase: string;
  /** Undefined where the time of either is not known. */
  readonly sincePhase: number | undefined;
  readonly sinceCreation: number | undefined;
  /** Only after a deletion was asked for. */
  readonly sinceDeletion: number | undefined;
}

/** The transition that a change of an instance is; undefined when its phase stays. */
export function phaseTransition(change: Change<VirtualMachineInstance>): PhaseTransition | undefined {
  if (change.kind !== 'updated') return undefined;
  const { object, previous } = change;
  const [phase = '', lastPhase = ''] = [object.status?.phase, previous.status?.phase];
  if (phase === '' || phase === lastPhase) return undefined;
  const { creationTimestamp, deletionTimestamp } = object.metadata;
  const reached = enteredAt(object, phase);
  const since = (earlier: number | undefined): number | undefined =>
    earlier === undefined || reached === undefined ? undefined : Math.max(0, reached - earlier);
  const deleted = secondsOf(deletionTimestamp);
  return {
    phase,
    lastPhase,
    sincePhase: since(enteredAt(object, lastPhase)),
    sinceCreation: since(secondsOf(creationTimestamp)),
    sinceDeletion:
      deleted !== undefined && reached !== undefined && reached >= deleted ? reached - deleted : undefined,
  };
}

function enteredAt({ status }: VirtualMachineInstance, phase: string): number | undefined {
  const entry = (status?.phaseTransitionTimestamps ?? []).find((one) => one.phase === phase);
  return secondsOf(entry?.phaseTransitionTimestamp);
}

function secondsOf(time: string | null | undefined): number | undefined {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** Measures how long instances take from phase to phase, until disposed of. */
export function measurePhases(
  registry: Registry,
  instances: Pick<Informer<VirtualMachineInstance>, 'listen'>,
): Disposable {
  const histogram = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Histogram({ name, help, labelNames, buckets, registers: [registry] });
  const between = histogram(
    'kubevirt_vmi_phase_transition_time_seconds',
    'How long instances took from one phase to the next.',
    ['phase', 'last_phase'],
  );
  const fromCreation = histogram(
    'kubevirt_vmi_phase_transition_time_from_creation_seconds',
    'How long instances took from their creation to a phase.',
    ['phase'],
  );
  const fromDeletion = histogram(
    'kubevirt_vmi_phase_transition_time_from_deletion_seconds',
    'How long instances took from the request to delete them to a phase.',
    ['phase'],
  );
  return instances.listen((change) => {
    const transition = phaseTransition(change);
    if (transition === undefined) return;
    const { phase, lastPhase, sincePhase, sinceCreation, sinceDeletion } = transition;
    if (sincePhase !== undefined) between.observe({ phase, last_phase: lastPhase }, sincePhase);
    if (sinceCreation !== undefined) fromCreation.observe({ phase }, sinceCreation);
    if (sinceDeletion !== undefined) fromDeletion.observe({ phase }, sinceDeletion);
  });
}
