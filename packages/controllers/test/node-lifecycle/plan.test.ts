import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '@virtkit/core-types';
import { planNode } from '../../src/node-lifecycle/plan.ts';
import { instanceOf, podOf, runningPod } from '../builders.ts';

const now = Date.UTC(2026, 0, 1, 12);
const nodeOf = (heartbeat: string | undefined, schedulable = 'true'): Node => ({
  metadata: {
    name: 'node-1',
    labels: { 'kubevirt.io/schedulable': schedulable },
    annotations: heartbeat === undefined ? {} : { 'kubevirt.io/heartbeat': heartbeat },
  },
});
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
const lostPod: Pod = podOf({ phase: 'Failed' }, {}, 'node-1');
const alivePod: Pod = podOf(runningPod, {}, 'node-1');

describe('a node', () => {
  it.each<[string, Node | undefined, Pod[], boolean, number]>([
    ['fresh heartbeat', nodeOf(ago(4)), [], false, 0],
    ['no heartbeat annotation', nodeOf(undefined), [], false, 0],
    ['heartbeat that cannot be read', nodeOf('soon'), [], false, 0],
    ['stale heartbeat, launcher gone', nodeOf(ago(6)), [], true, 1],
    ['stale heartbeat, launcher ended', nodeOf(ago(6)), [lostPod], true, 1],
    ['stale heartbeat, launcher alive', nodeOf(ago(6)), [alivePod], true, 0],
    ['stale heartbeat, marked already', nodeOf(ago(6), 'false'), [alivePod], false, 0],
    ['node object gone', undefined, [], false, 1],
  ])('%s', (_what, node, pods, markUnschedulable, lost) => {
    const instances = [instanceOf({ phase: 'Running', nodeName: 'node-1' })];
    const plan = planNode({ nodeName: 'node-1', node, instances, pods, now });
    expect(plan.markUnschedulable).toBe(markUnschedulable);
    expect(plan.lost).toHaveLength(lost);
  });

  it('does not touch instances that virt-handler does not own', () => {
    const instances = ['Pending', 'Scheduling', 'Succeeded', 'Failed'].map((phase) => instanceOf({ phase }));
    expect(planNode({ nodeName: 'gone', node: undefined, instances, pods: [], now }).lost).toEqual([]);
  });
});
