import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { ManualClock, runtimeMetrics, WorkQueue } from '../../src/runtime/index.ts';

describe('metrics of work queues', () => {
  it('tell what waits and what is in work', async () => {
    const registry = new Registry();
    const clock = new ManualClock();
    const observer = runtimeMetrics(registry).queue('vm');
    const queue = new WorkQueue({ clock, observer });
    const value = async (name: string): Promise<number> => {
      const line = (await registry.metrics())
        .split('\n')
        .find((text) => text.startsWith(`${name}{name="vm"}`));
      return Number(line?.split(' ')[1]);
    };
    for (const key of ['a', 'b', 'c']) queue.add(key);
    expect(await queue.take()).toBe('a');
    await clock.advance(3000);
    expect(await queue.take()).toBe('b');
    await clock.advance(2000);
    expect(await value('kubevirt_workqueue_depth')).toBe(1);
    expect(await value('kubevirt_workqueue_adds_total')).toBe(3);
    expect(await value('kubevirt_workqueue_longest_running_processor_seconds')).toBe(5);
    expect(await value('kubevirt_workqueue_unfinished_work_seconds')).toBe(7);
    expect(await value('kubevirt_workqueue_queue_duration_seconds_sum')).toBe(3);
    queue.done('a');
    queue.done('b');
    queue.addRateLimited('b');
    expect(await value('kubevirt_workqueue_longest_running_processor_seconds')).toBe(0);
    expect(await value('kubevirt_workqueue_unfinished_work_seconds')).toBe(0);
    expect(await value('kubevirt_workqueue_work_duration_seconds_sum')).toBe(7);
    expect(await value('kubevirt_workqueue_work_duration_seconds_count')).toBe(2);
    expect(await value('kubevirt_workqueue_retries_total')).toBe(1);
  });
});
