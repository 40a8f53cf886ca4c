/** Options of every call that may wait. */
export interface CallOptions {
  /**
   * Stops waiting: the promise rejects with the signal's reason. libvirt cannot take a call back, so one that has begun
   * still runs to its end and may take effect.
   */
  signal?: AbortSignal;
}

/** Starts a native call unless already aborted, and stops waiting for it when the signal fires. */
export function untilAborted<T>(options: CallOptions | undefined, start: () => Promise<T>): Promise<T> {
  const signal = options?.signal;
  if (signal === undefined) return start();
  if (signal.aborted) return Promise.reject(asError(signal.reason));
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(asError(signal.reason));
    signal.addEventListener('abort', stop, { once: true });
    start()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

/** What was thrown, as an error; a value that is none stands for an abort. */
export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new DOMException('The call was aborted', 'AbortError');
}
