import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock, settle, WorkQueue } from '../../src/runtime/index.ts';

describe('work queue', () => {
  it('holds a key once and hands keys out in order', async () => {
    const queue = new WorkQueue({ clock: new ManualClock() });
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(queue.length).toBe(3);
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['a', 'b', 'c']);
  });

  it('gives a key that was added while in work again, after the others', async () => {
    const queue = new WorkQueue({ clock: new ManualClock() });
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(queue.length).toBe(1);
    queue.done('a');
    expect([await queue.take(), await queue.take()]).toEqual(['b', 'a']);
    queue.done('a');
    expect(queue.length).toBe(0);
  });

  it('hands a key to a worker that already waits', async () => {
    const queue = new WorkQueue({ clock: new ManualClock() });
    const taken = queue.take();
    queue.add('a');
    expect(await taken).toBe('a');
    expect(queue.inWork).toBe(1);
  });

  it('adds after a delay; the earliest of several delays counts', async () => {
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock });
    queue.addAfter('a', 1_000);
    queue.addAfter('a', 100);
    queue.addAfter('a', 500);
    await clock.advance(99);
    expect(queue.length).toBe(0);
    await clock.advance(1);
    expect(queue.length).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  it.each([
    [1, 5],
    [2, 10],
    [3, 20],
    [10, 2_560],
    [18, 655_360],
    [19, 1_000_000],
    [2_000, 1_000_000],
  ])('backs off after %i failures for %i ms', async (failures, expected) => {
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock });
    for (let i = 1; i < failures; i++) {
      queue.addRateLimited('a');
      await clock.advance(clock.untilNext!);
      queue.done((await queue.take())!);
    }
    queue.addRateLimited('a');
    expect(clock.untilNext).toBe(expected);
    queue.forget('a');
    expect(queue.failures('a')).toBe(0);
  });

  it('shuts down: drops or drains what waits, and resolves when nothing is in work', async () => {
    for (const drain of [false, true]) {
      const clock = new ManualClock();
      const queue = new WorkQueue({ clock });
      queue.add('a');
      queue.add('b');
      queue.addAfter('c', 10);
      await queue.take();
      let down = false;
      const shutdown = queue.shutdown({ drain }).then(() => (down = true));
      queue.add('d');
      const next = await queue.take();
      expect(next).toBe(drain ? 'b' : undefined);
      await settle();
      expect(down).toBe(false);
      queue.done('a');
      if (next !== undefined) queue.done(next);
      await shutdown;
      expect(await queue.take()).toBeUndefined();
      expect(clock.waiting).toBe(0);
    }
  });

  it('tells its observer times in seconds', async () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const queue = new WorkQueue({
      clock,
      observer: {
        added: () => told.push('added'),
        waited: (seconds) => told.push(`waited ${seconds}`),
        worked: (seconds) => told.push(`worked ${seconds}`),
        retried: () => told.push('retried'),
      },
    });
    queue.add('a');
    await clock.advance(1_500);
    await queue.take();
    await clock.advance(250);
    queue.addRateLimited('a');
    queue.done('a');
    expect(told).toEqual(['added', 'waited 1.5', 'retried', 'worked 0.25']);
  });

  it('never works on a key twice at a time and loses no add', async () => {
    const keys = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), key: keys }),
      fc.record({ do: fc.constant('after' as const), key: keys, ms: fc.nat(50) }),
      fc.record({ do: fc.constant('limited' as const), key: keys }),
      fc.record({ do: fc.constant('advance' as const), ms: fc.nat(60) }),
      fc.record({ do: fc.constantFrom('take' as const, 'done' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const clock = new ManualClock();
        const queue = new WorkQueue({ clock });
        const inWork: string[] = [];
        const owed = new Set<string>();
        const take = async () => {
          if (queue.length === 0) return;
          const key = (await queue.take())!;
          expect(inWork).not.toContain(key);
          inWork.push(key);
          owed.delete(key);
        };
        for (const one of steps) {
          if (one.do === 'add') {
            owed.add(one.key);
            queue.add(one.key);
          } else if (one.do === 'after') {
            owed.add(one.key);
            queue.addAfter(one.key, one.ms);
          } else if (one.do === 'limited') {
            owed.add(one.key);
            queue.addRateLimited(one.key);
          } else if (one.do === 'advance') await clock.advance(one.ms);
          else if (one.do === 'take') await take();
          else if (inWork.length > 0) queue.done(inWork.shift()!);
        }
        await clock.advance(10_000_000);
        while (inWork.length > 0 || queue.length > 0) {
          while (inWork.length > 0) queue.done(inWork.shift()!);
          await take();
        }
        expect([...owed]).toEqual([]);
        expect(queue.idle).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
