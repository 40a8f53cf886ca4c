/** A value that may change while a program runs: the content of a file, a setting of the cluster. */
export interface Watched<T> {
  /** The last good value. */
  readonly current: T;
  /** Calls `listener` after each change, until disposed of. */
  onChange(listener: (value: T) => void): Disposable;
}

/** A {@link Watched} that its owner sets. */
export class WatchedValue<T> implements Watched<T> {
  readonly #listeners = new Set<(value: T) => void>();
  #current: T;

  constructor(initial: T) {
    this.#current = initial;
  }

  get current(): T {
    return this.#current;
  }

  /** Sets the value and tells everybody, in the order in which they asked. @throws what a listener throws */
  set(value: T): void {
    this.#current = value;
    for (const listener of [...this.#listeners]) listener(value);
  }

  onChange(listener: (value: T) => void): Disposable {
    // A function of its own, so that the same listener may be added twice.
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }
}

/** A value that stays as it is, for programs that were given it at their start. */
export function unchanging<T>(value: T): Watched<T> {
  return { current: value, onChange: () => ({ [Symbol.dispose]: () => {} }) };
}
