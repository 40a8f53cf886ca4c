import type { VirtualMachineInstance, VirtualMachineInstanceReplicaSet } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { planReplicaSet, type ReplicaSetObservation } from '../../src/index.ts';
import { selectionOf } from '../../src/replicas/selection.ts';
import { buildReplica } from '../../src/virtual-machine-instance-replica-set/build-instance.ts';
import { projectStatus } from '../../src/virtual-machine-instance-replica-set/project.ts';

const labels = { app: 'web' };

function replicaSetOf(
  spec: Partial<VirtualMachineInstanceReplicaSet['spec']> = {},
  status?: VirtualMachineInstanceReplicaSet['status'],
): VirtualMachineInstanceReplicaSet {
  return {
    metadata: { name: 'web', namespace: 'default', uid: 'rs-uid' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { domain: { devices: {} } } },
      ...spec,
    },
    ...(status === undefined ? {} : { status }),
  };
}

type State = 'ready' | 'starting' | 'final' | 'deleting' | 'terminating';

function instanceIn(
  state: State,
  name: string = state,
  metadata: VirtualMachineInstance['metadata'] = {},
): VirtualMachineInstance {
  const ready = {
    type: 'Ready',
    status: state === 'ready' ? 'True' : 'False',
    reason: state === 'terminating' ? 'PodTerminating' : undefined,
  };
  return {
    metadata: {
      name,
      labels,
      ...(state === 'deleting' ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      ...metadata,
    },
    spec: { domain: { devices: {} } },
    status: { phase: state === 'final' ? 'Failed' : 'Running', conditions: [ready] },
  };
}

const instancesIn = (states: readonly State[]) =>
  states.map((state, index) => instanceIn(state, `${state}-${index}`));

function observe(facts: Partial<ReplicaSetObservation> = {}): ReplicaSetObservation {
  const replicaSet = facts.replicaSet ?? replicaSetOf();
  return {
    replicaSet,
    selection: selectionOf(replicaSet.spec.selector),
    owned: [],
    orphans: [],
    now: Date.UTC(2026, 0, 1),
    ...facts,
  };
}

const names = (instances: readonly VirtualMachineInstance[]) =>
  instances.map(({ metadata }) => metadata.name);

describe('the next steps of a replica set', () => {
  it.each<[State[], number | undefined, { create?: number; remove?: string[]; cleanUp?: string[] }]>([
    [[], undefined, { create: 1 }],
    [[], 3, { create: 3 }],
    [['ready'], 3, { create: 2 }],
    [['ready', 'starting'], 2, {}],
    [['ready', 'starting', 'ready'], 1, { remove: ['ready-0', 'starting-1'] }],
    [['ready', 'deleting'], 2, { create: 1 }],
    [['ready', 'final'], 2, { create: 1, cleanUp: ['final-1'] }],
    [['ready', 'terminating'], 1, { cleanUp: ['terminating-1'] }],
    [['ready', 'final'], 0, { remove: ['ready-0'], cleanUp: ['final-1'] }],
    [[], 1000, { create: 250 }],
  ])('instances %j, %s wanted: %j', (states, replicas, expected) => {
    const replicaSet = replicaSetOf(replicas === undefined ? {} : { replicas });
    const { create, remove, cleanUp } = planReplicaSet(observe({ replicaSet, owned: instancesIn(states) }));
    expect({ create, remove: names(remove), cleanUp: names(cleanUp) }).toEqual({
      create: 0,
      remove: [],
      cleanUp: [],
      ...expected,
    });
  });

  it('deletes at most 250 at once', () => {
    const owned = instancesIn(Array.from({ length: 300 }, () => 'ready' as const));
    const { remove } = planReplicaSet(observe({ replicaSet: replicaSetOf({ replicas: 0 }), owned }));
    expect(remove).toHaveLength(250);
  });

  it('adopts what matches and nobody manages, and counts it', () => {
    const orphans = [
      instanceIn('ready', 'a'),
      instanceIn('deleting', 'b'),
      instanceIn('ready', 'c', { labels: {} }),
    ];
    const plan = planReplicaSet(observe({ orphans }));
    expect(names(plan.adopt)).toEqual(['a']);
    expect(plan.create).toBe(0);
  });

  it('releases what matches no more, and replaces it', () => {
    const plan = planReplicaSet(observe({ owned: [instanceIn('ready', 'a', { labels: { app: 'other' } })] }));
    expect(names(plan.release)).toEqual(['a']);
    expect(plan.create).toBe(1);
  });

  it.each<[string, Partial<ReplicaSetObservation>]>([
    ['paused', { replicaSet: replicaSetOf({ paused: true, replicas: 3 }) }],
    [
      'being deleted',
      {
        replicaSet: {
          ...replicaSetOf(),
          metadata: { uid: 'u', name: 'n', deletionTimestamp: '2026-01-01T00:00:00Z' },
        },
      },
    ],
    ['unable to select its own instances', { selection: undefined }],
  ])('neither makes nor deletes anything while it is %s', (_name, facts) => {
    const plan = planReplicaSet(observe({ ...facts, owned: [instanceIn('final')] }));
    expect(plan).toMatchObject({ create: 0, remove: [], cleanUp: [], adopt: [] });
  });
});

describe('an instance of a replica set', () => {
  it.each([
    [{ name: 'named', generateName: 'ignored-' }, 'named'],
    [{ generateName: 'made-' }, 'made-'],
    [{}, 'web'],
  ])('with a template named %j gets a name that starts with %s', (metadata, generateName) => {
    const spec = { domain: { devices: {} } };
    const template = { metadata: { labels, annotations: { a: 'b' }, ...metadata }, spec };
    expect(buildReplica(replicaSetOf({ template }))).toEqual({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstance',
      metadata: {
        generateName,
        namespace: 'default',
        labels,
        annotations: { a: 'b' },
        ownerReferences: [
          {
            apiVersion: 'kubevirt.io/v1',
            kind: 'VirtualMachineInstanceReplicaSet',
            name: 'web',
            uid: 'rs-uid',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec,
    });
  });
});

describe('status of a replica set', () => {
  it('counts what is active and what is ready', () => {
    const owned = instancesIn(['ready', 'starting', 'final', 'deleting', 'terminating']);
    const status = projectStatus(observe({ owned }), {});
    expect(status).toEqual({
      replicas: 2,
      readyReplicas: 1,
      labelSelector: 'app=web',
      conditions: undefined,
    });
  });

  it('tells why instances cannot be made, and that it is paused', () => {
    const failure = { reason: 'FailedCreate' as const, message: 'quota' };
    const failing = projectStatus(observe(), { failure });
    expect(failing.conditions).toMatchObject([{ type: 'ReplicaFailure', status: 'True', ...failure }]);
    const paused = projectStatus(observe({ replicaSet: replicaSetOf({ paused: true }, failing) }), {});
    expect(paused.conditions).toMatchObject([{ type: 'ReplicaPaused', status: 'True', reason: 'Paused' }]);
    expect(projectStatus(observe({ replicaSet: replicaSetOf({}, paused) }), {}).conditions).toBeUndefined();
  });

  it('has the selector in order', () => {
    const selector = {
      matchLabels: { b: '1' },
      matchExpressions: [
        { key: 'c', operator: 'NotIn', values: ['z', 'y'] },
        { key: 'a', operator: 'Exists' },
      ],
    };
    expect(selectionOf(selector)?.text).toBe('a,b=1,c notin (y,z)');
    expect(selectionOf({ matchExpressions: [{ key: 'a', operator: 'Near' }] })).toBeUndefined();
  });
});
