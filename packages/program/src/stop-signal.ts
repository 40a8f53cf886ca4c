import { Socket } from 'node:net';

/**
 * Aborts on SIGTERM or SIGINT and, for a program that a supervisor started, when its standard input ends: the supervisor
 * holds the other end, so its death is noticed whatever killed it.
 */
export function stopSignal({ supervised }: { supervised: boolean }): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => stop.abort(new Error(signal)));
  if (supervised) {
    process.stdin.once('end', () => stop.abort(new Error('the supervisor is gone')));
    process.stdin.once('error', (error) => stop.abort(error));
    process.stdin.resume();
    // An open input must not keep the process alive after its work has ended or failed: its supervisor waits for its end.
    if (process.stdin instanceof Socket) process.stdin.unref();
  }
  return stop.signal;
}
