/** Characters that an answer spends on telling what is wrong with a request. */
const MOST_CHARACTERS = 256 * 1024;

/**
 * As many of the items, from the first on, as an answer has room for. A request of a few megabytes can be wrong in a hundred thousand
 * places, each with a path of a megabyte: what is left out here is never put together.
 */
export function fitting<T>(
  items: readonly T[],
  lengthOf: (item: T) => number,
  most = Infinity,
): readonly T[] {
  let length = 0;
  const end = items.findIndex((item, index) => {
    length += lengthOf(item);
    return index > 0 && (index >= most || length > MOST_CHARACTERS);
  });
  return end < 0 ? items : items.slice(0, end);
}
