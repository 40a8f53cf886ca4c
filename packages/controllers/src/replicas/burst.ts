/** Objects that are made or deleted in one pass (KubeVirt: burst of replica sets and pools). */
export const burst = 250;

/** How the calls of a burst went. */
export interface BurstOutcome<R> {
  readonly results: readonly R[];
  /** Of the first call that failed. */
  readonly error?: unknown;
}

/** Makes all calls at once, at most `burst` of them, and waits for the last. */
export async function inBurst<T, R>(
  items: readonly T[],
  call: (item: T) => Promise<R>,
): Promise<BurstOutcome<R>> {
  const settled = await Promise.allSettled(items.slice(0, burst).map(call));
  const results = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = settled.find((one) => one.status === 'rejected');
  return failed === undefined ? { results } : { results, error: failed.reason };
}
