/**
 * Orders API versions by preference: stable before beta before alpha, higher numbers first, names that are no Kubernetes
 * version last.
 */
export function compareVersions(a: string, b: string): number {
  const left = rank(a);
  const right = rank(b);
  for (const [index, value] of left.entries()) {
    const difference = (right[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

const STABILITY: Record<string, number> = { alpha: 1, beta: 2 };
const STABLE = 3;

function rank(version: string): [number, number, number] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return [0, 0, 0];
  const [, major, stage, minor] = match;
  return [stage === undefined ? STABLE : (STABILITY[stage] ?? 0), Number(major), Number(minor ?? 0)];
}
