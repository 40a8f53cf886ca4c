/** A line that only one of two texts has, or two that stand at the same place. */
export interface LineDifference {
  readonly kubernetes?: string;
  readonly ours?: string;
}

/** The lines in which two texts differ, as few as possible, in their order. */
export function lineDifferences(kubernetes: readonly string[], ours: readonly string[]): LineDifference[] {
  // Most texts are the same, or nearly so, and what follows takes the square of their lengths.
  const begins = sameLines(kubernetes, ours);
  const [left, right] = [kubernetes.slice(begins), ours.slice(begins)];
  const ends = sameLines(left.toReversed(), right.toReversed());
  return unlike(left.slice(0, left.length - ends), right.slice(0, right.length - ends));
}

/** How many lines two texts begin with are the same. */
function sameLines(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < one.length && count < other.length && one[count] === other[count]) count += 1;
  return count;
}

function unlike(kubernetes: readonly string[], ours: readonly string[]): LineDifference[] {
  const common = commonLengths(kubernetes, ours);
  const found: LineDifference[] = [];
  let missing: string[] = [];
  let added: string[] = [];
  const flush = (): void => {
    for (let index = 0; index < Math.max(missing.length, added.length); index += 1)
      found.push({
        ...(index < missing.length && { kubernetes: missing[index]! }),
        ...(index < added.length && { ours: added[index]! }),
      });
    [missing, added] = [[], []];
  };
  let [left, right] = [0, 0];
  while (left < kubernetes.length || right < ours.length) {
    if (left < kubernetes.length && kubernetes[left] === ours[right]) {
      flush();
      left += 1;
      right += 1;
    } else if (
      left < kubernetes.length &&
      (right >= ours.length || common[left + 1]![right]! >= common[left]![right + 1]!)
    ) {
      missing.push(kubernetes[left]!);
      left += 1;
    } else {
      added.push(ours[right]!);
      right += 1;
    }
  }
  flush();
  return found;
}

/** For every two rests of the texts, how many lines they have in common, in order. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let left = a.length - 1; left >= 0; left -= 1)
    for (let right = b.length - 1; right >= 0; right -= 1)
      lengths[left]![right] =
        a[left] === b[right]
          ? lengths[left + 1]![right + 1]! + 1
          : Math.max(lengths[left + 1]![right]!, lengths[left]![right + 1]!);
  return lengths;
}
