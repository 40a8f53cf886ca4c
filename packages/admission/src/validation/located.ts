/** A part of an object and its path, such as `spec.domain.devices.inputs[0]`. */
export interface Located<T> {
  readonly value: T;
  readonly path: string;
}

/** The items of a list, each with its path. */
export function itemsOf<T>(list: readonly T[] | undefined, path: string): Located<T>[] {
  return (list ?? []).map((value, index) => ({ value, path: `${path}[${index}]` }));
}
