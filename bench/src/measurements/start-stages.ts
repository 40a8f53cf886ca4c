import type { Pod, VirtualMachineInstance } from '@virtkit/core-types';
import type { Sighting } from '../platform/watch-objects.ts';

/** Moments of one instance's start, in order; each stage ends with one and is the work of one layer. */
export const stages = [
  { name: 'accepted', layer: 'API server and admission' },
  { name: 'pod-created', layer: 'virt-controller: Pod' },
  { name: 'pod-bound', layer: 'scheduler' },
  { name: 'pod-running', layer: 'kubelet: Pod' },
  { name: 'scheduled', layer: 'virt-controller: handing over' },
  { name: 'running', layer: 'virt-handler and virt-launcher' },
] as const;

export type StageName = (typeof stages)[number]['name'];

/** When the request was sent and when each moment was first seen, in milliseconds of one monotonic clock. */
export interface StartRecord {
  requested: number;
  seen: Map<StageName, number>;
}

/** Label of launcher Pods that holds the instance's UID. */
const createdBy = 'kubevirt.io/created-by';

/** Follows the starts of instances through what watches tell of instances and their Pods. */
export class StartRecorder {
  readonly records = new Map<string, StartRecord>();
  readonly #names = new Map<string, string>();
  /** Pods that were seen before their instance. */
  readonly #early = new Map<string, Sighting<Pod>[]>();
  readonly #changed: () => void;
  /** Instances that ended before they ran. */
  readonly failed = new Set<string>();

  constructor(changed: () => void = () => undefined) {
    this.#changed = changed;
  }

  requested(name: string, at: number): void {
    this.records.set(name, { requested: at, seen: new Map() });
  }

  /** Instances that have come to `stage`. */
  count(stage: StageName): number {
    return this.records
      .values()
      .filter(({ seen }) => seen.has(stage))
      .toArray().length;
  }

  instance({ object, at }: Sighting<VirtualMachineInstance>): void {
    const { name = '', uid = '' } = object.metadata;
    this.#names.set(uid, name);
    this.#note(name, 'accepted', at);
    const phase = object.status?.phase;
    if (phase === 'Scheduled' || phase === 'Running') this.#note(name, 'scheduled', at);
    if (phase === 'Running') this.#note(name, 'running', at);
    if (phase === 'Failed' || phase === 'Succeeded') this.failed.add(name);
    for (const sighting of this.#early.get(uid) ?? []) this.pod(sighting);
    this.#early.delete(uid);
    this.#changed();
  }

  pod(sighting: Sighting<Pod>): void {
    const { object, at } = sighting;
    const uid = object.metadata.labels?.[createdBy];
    if (uid === undefined) return;
    const name = this.#names.get(uid);
    if (name === undefined) {
      this.#early.set(uid, [...(this.#early.get(uid) ?? []), sighting]);
      return;
    }
    this.#note(name, 'pod-created', at);
    if (object.spec?.nodeName !== undefined) this.#note(name, 'pod-bound', at);
    if (object.status?.phase === 'Running') this.#note(name, 'pod-running', at);
  }

  #note(name: string, stage: StageName, at: number): void {
    const seen = this.records.get(name)?.seen;
    if (seen !== undefined && !seen.has(stage)) seen.set(stage, at);
  }
}

/** Milliseconds from the request to the phase Running. @throws RangeError when it never came to that */
export function totalMs({ requested, seen }: StartRecord): number {
  const running = seen.get('running');
  if (running === undefined) throw new RangeError('an instance that is not running has no duration');
  return running - requested;
}

/**
 * Milliseconds that each layer took. Watches of different kinds may arrive in another order than things happened, so a
 * moment counts as no earlier than the one before it, and one that was not seen takes no time of its own.
 */
export function layerMs({ requested, seen }: StartRecord): Record<StageName, number> {
  let previous = requested;
  const entries = stages.map(({ name }) => {
    const at = Math.max(previous, seen.get(name) ?? previous);
    const took = at - previous;
    previous = at;
    return [name, took] as const;
  });
  // Object.fromEntries forgets the keys that it was given.
  return Object.fromEntries(entries) as Record<StageName, number>;
}
