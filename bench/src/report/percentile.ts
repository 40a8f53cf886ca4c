/**
 * The value below or at which `share` of the values lie, by linear interpolation between neighbours.
 * @param share From 0 to 1.
 * @throws RangeError without values or with a share outside 0..1
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('a percentile of no values');
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share is from 0 to 1, not ${share}`);
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

/** @throws RangeError without values */
export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** @throws RangeError without values */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('a mean of no values');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
