/** Work that several want to be done and that is done once: when each of those who take part wants it or has ended. */
export class Together {
  readonly #work: () => Promise<void>;
  readonly #done = Promise.withResolvers<void>();
  #expected: number;
  #isWanted = false;

  constructor(members: number, work: () => Promise<void>) {
    this.#expected = members;
    this.#work = work;
  }

  /** Takes part with something that may ask for the work. */
  async member<T>(own: (ask: () => Promise<void>) => Promise<T>): Promise<T> {
    let asked = false;
    const ask = (): Promise<void> => {
      if (!asked) {
        asked = true;
        this.#isWanted = true;
        this.#arrived();
      }
      return this.#done.promise;
    };
    try {
      return await own(ask);
    } finally {
      if (!asked) this.#arrived();
    }
  }

  #arrived(): void {
    this.#expected -= 1;
    if (this.#expected === 0 && this.#isWanted) this.#work().then(this.#done.resolve, this.#done.reject);
  }
}

/** Waits for everything, also when something fails. @throws what failed; AggregateError of several */
export async function settled<T extends readonly unknown[]>(promises: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const results: readonly PromiseSettledResult<unknown>[] = await Promise.allSettled(promises);
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'));
  return Promise.all(promises) as Promise<unknown> as Promise<T>;
}
