import type { Profiler } from 'node:inspector';
import { expect, it } from 'vitest';
import { summaryOf } from '../src/measurements/api-server/profile-summary.ts';

function node(id: number, functionName: string, url: string): Profiler.ProfileNode {
  return { id, callFrame: { functionName, scriptId: '0', url, lineNumber: 0, columnNumber: 0 } };
}

it('tells how much was worked, and the functions in which most of that was', () => {
  const nodes = [
    node(1, '(root)', ''),
    node(2, '(idle)', ''),
    node(3, 'write', 'file:///server/storage/store.ts'),
    node(4, 'write', 'file:///server/storage/store.ts'),
    node(5, '(garbage collector)', ''),
    node(6, '', 'file:///server/router.ts'),
  ];
  const profile = {
    nodes,
    startTime: 0,
    endTime: 100,
    samples: [2, 3, 4, 5, 6],
    timeDeltas: [60, 10, 10, 15, 5],
  };
  expect(summaryOf(profile)).toBe(
    'the profile: JavaScript 40 % of the time, of which write (store.ts) 50 %, (garbage collector) 38 %, anonymous (router.ts) 13 %',
  );
});

it('of nothing tells that nothing was done', () => {
  expect(summaryOf({ nodes: [], startTime: 0, endTime: 0 })).toContain('JavaScript 0 % of the time');
});
