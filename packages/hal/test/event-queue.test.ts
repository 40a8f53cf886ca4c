import { EventQueue, HalError, halErrorCodes } from '@virtkit/hal';
import { describe, expect, it, vi } from 'vitest';

const event = (id: string) => ({ kind: 'state', id }) as const;

describe('EventQueue', () => {
  it('keeps events from construction on, in order', async () => {
    const queue = new EventQueue();
    queue.push(event('a'));
    const later = [queue.next(), queue.next()];
    queue.push(event('b'));
    expect(await Promise.all(later)).toEqual([
      { done: false, value: event('a') },
      { done: false, value: event('b') },
    ]);
  });

  it('turns what a slow consumer leaves into one resync', async () => {
    const queue = new EventQueue({ capacity: 2 });
    for (const id of ['a', 'b', 'c']) queue.push(event(id));
    queue.push(event('d'));
    expect(await queue.next()).toEqual({ done: false, value: { kind: 'resync' } });
    expect(await queue.next()).toEqual({ done: false, value: event('d') });
  });

  it.each([
    ['close', (queue: EventQueue) => queue.close()],
    ['leaving a loop', (queue: EventQueue) => void queue.return()],
  ])('ends by %s, once, and wakes who waits', async (_how, end) => {
    const onClose = vi.fn();
    const queue = new EventQueue({ onClose });
    const waiting = queue.next();
    end(queue);
    end(queue);
    queue.push(event('late'));
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    expect(onClose).toHaveBeenCalledExactlyOnceWith(queue);
  });

  it('ends with its signal, also with one that was aborted before', async () => {
    const abort = new AbortController();
    const queue = new EventQueue({ signal: abort.signal });
    const waiting = queue.next();
    abort.abort();
    expect((await waiting).done).toBe(true);
    expect((await new EventQueue({ signal: abort.signal }).next()).done).toBe(true);
  });
});

describe('HalError', () => {
  it.each(halErrorCodes)('%s has a retry class, which can be overridden', (code) => {
    expect(['never', 'backoff', 'on-change']).toContain(new HalError(code, 'x').retry);
    expect(new HalError(code, 'x', { retry: 'on-change' }).retry).toBe('on-change');
  });
});
