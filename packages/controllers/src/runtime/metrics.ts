import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ObjectKey } from './object-key.ts';
import type { WorkQueueObserver } from './work-queue.ts';

/** The metrics of the runtime in one registry. Queue metrics carry the controller's name. */
export interface RuntimeMetrics {
  /** The observer for the work queue of the controller `name`. */
  queue(name: string): WorkQueueObserver;
  /** Counts one pass of the controller `name` over the object of this key by how it ended. */
  reconciled(name: string, result: 'done' | 'requeue' | 'error', key: ObjectKey): void;
}

const perRegistry = new WeakMap<Registry, RuntimeMetrics>();

/** The metrics of a registry: made at the first call, the same afterwards, because names in a registry are unique. */
export function runtimeMetrics(registry: Registry): RuntimeMetrics {
  const existing = perRegistry.get(registry);
  if (existing !== undefined) return existing;
  const made = createMetrics(registry);
  perRegistry.set(registry, made);
  return made;
}

function createMetrics(registry: Registry): RuntimeMetrics {
  const labelNames = ['name'] as const;
  // KubeVirt metrics: exponential buckets from 10 ns, factor 10, ten of them.
  const buckets = Array.from({ length: 10 }, (_, exponent) => 1e-8 * 10 ** exponent);
  const common = { labelNames, registers: [registry] };
  const depth = new Gauge({ ...common, name: 'kubevirt_workqueue_depth', help: 'Keys that wait.' });
  const adds = new Counter({ ...common, name: 'kubevirt_workqueue_adds_total', help: 'Keys added.' });
  const retries = new Counter({
    ...common,
    name: 'kubevirt_workqueue_retries_total',
    help: 'Keys added again after an error.',
  });
  const waited = new Histogram({
    ...common,
    name: 'kubevirt_workqueue_queue_duration_seconds',
    help: 'How long keys waited.',
    buckets,
  });
  const worked = new Histogram({
    ...common,
    name: 'kubevirt_workqueue_work_duration_seconds',
    help: 'How long keys were worked on.',
    buckets,
  });
  const inWork = new Map<string, () => readonly number[]>();
  new Gauge({
    ...common,
    name: 'kubevirt_workqueue_longest_running_processor_seconds',
    help: 'How long the key that is in work for longest has been worked on.',
    collect() {
      for (const [name, ages] of inWork) this.set({ name }, Math.max(0, ...ages()));
    },
  });
  new Gauge({
    ...common,
    name: 'kubevirt_workqueue_unfinished_work_seconds',
    help: 'How long the keys that are in work have been worked on, in all.',
    collect() {
      for (const [name, ages] of inWork)
        this.set(
          { name },
          ages().reduce((sum, age) => sum + age, 0),
        );
    },
  });
  const reconciles = new Counter({
    name: 'virtkit_controller_reconciles_total',
    help: 'Passes of a controller by result.',
    labelNames: ['name', 'result'] as const,
    registers: [registry],
  });
  return {
    queue: (name) => ({
      added: () => adds.inc({ name }),
      depth: (length) => depth.set({ name }, length),
      retried: () => retries.inc({ name }),
      waited: (seconds) => waited.observe({ name }, seconds),
      worked: (seconds) => worked.observe({ name }, seconds),
      attached: (ages) => inWork.set(name, ages),
    }),
    reconciled: (name, result) => reconciles.inc({ name, result }),
  };
}
