import type { Profiler } from 'node:inspector';

/** Functions that are told. */
const MOST = 5;
const NOT_WORK = new Set(['(root)', '(idle)', '(program)']);

/** Where the processor was: the functions in which it was most of the time that it worked, and how much it worked. */
export function summaryOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): string {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let [all, worked] = [0, 0];
  samples.forEach((id, index) => {
    const time = Math.max(0, timeDeltas[index] ?? 0);
    const name = names.get(id) ?? '(root)';
    all += time;
    if (NOT_WORK.has(name)) return;
    worked += time;
    times.set(name, (times.get(name) ?? 0) + time);
  });
  const percent = (time: number, of: number) => `${Math.round((100 * time) / Math.max(1, of))} %`;
  const most = [...times].sort(([, a], [, b]) => b - a).slice(0, MOST);
  const told = most.map(([name, time]) => `${name} ${percent(time, worked)}`);
  return `the profile: JavaScript ${percent(worked, all)} of the time, of which ${told.join(', ')}`;
}

function nameOf({ functionName, url }: Profiler.Profile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? 'anonymous' : functionName;
  const file = url.split('/').at(-1) ?? '';
  return file === '' ? name : `${name} (${file})`;
}
