import { mkdir, writeFile } from 'node:fs/promises';
import type { Difference } from './compare.ts';
import type { Outcome } from './run-all.ts';

/** The line that says how it went. */
export function summary({ sequences, requests, seconds, differences, unlisted }: Outcome): string {
  const rate = Math.round(requests / seconds);
  const listed = unlisted.length === 0 ? 'all of them listed' : `${unlisted.length} of them not listed`;
  return (
    `sequences tried ${sequences}, differences ${differences.length}, ${listed} ` +
    `(${requests} requests in ${seconds.toFixed(1)} s, ${rate}/s)`
  );
}

/** Differences that are the same at many places, once each, the most frequent first. */
export function grouped(differences: readonly Difference[], most = 60): string {
  const groups = Map.groupBy(differences, ({ path, kubernetes, ours }) =>
    JSON.stringify([path.replaceAll(/\[\d+\]/g, '[]'), kubernetes ?? null, ours ?? null]),
  );
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length);
  const lines = sorted.slice(0, most).map((group) => {
    const [{ sequence, step, path, kubernetes, ours }] = group as [Difference];
    const show = (value: unknown): string =>
      value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 400);
    return `${group.length} x ${path}\n    ${sequence} | ${step}\n    kubernetes: ${show(kubernetes)}\n    ours:       ${show(ours)}`;
  });
  const rest = sorted.length - lines.length;
  return [...lines, ...(rest > 0 ? [`... and ${rest} more kinds`] : [])].join('\n');
}

/** Writes all differences into a file for reading. */
export async function writeReport(file: string, { differences }: Outcome): Promise<void> {
  await mkdir(new URL('.', `file://${file}`), { recursive: true });
  await writeFile(file, `${JSON.stringify(differences, null, 1)}\n`);
}
