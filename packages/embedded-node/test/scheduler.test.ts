import { startControlPlane, type ControlPlane } from '@virtkit/apiserver';
import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodSpec,
  StorageClass,
} from '@virtkit/core-types';
import { connect, type Client } from '@virtkit/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { place } from '../src/scheduler/placement.ts';
import { podRequests } from '../src/scheduler/requests.ts';
import { runScheduler } from '../src/scheduler/scheduler.ts';
import { eventually } from './support/scratch.ts';
import { claimOf, classOf, volumeOf } from './support/storage-objects.ts';

function node(name: string, changes: Partial<Node> = {}, ready = 'True'): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, zone: 'z1' } },
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '2', 'example.com/gpu': '1' },
      conditions: [{ type: 'Ready', status: ready }],
    },
    ...changes,
  };
}

function pod(name: string, spec: Partial<PodSpec> = {}, labels: Record<string, string> = {}): Pod {
  return {
    metadata: { name, namespace: 'default', uid: name, labels },
    spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
  };
}

const requesting = (requests: Record<string, string>): Partial<PodSpec> => ({
  containers: [{ name: 'c', image: 'i', resources: { requests } }],
});
const affinity = (key: string, operator: string, values?: string[]): Partial<PodSpec> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          {
            matchExpressions: [
              { key, operator: operator as 'In', ...(values === undefined ? {} : { values }) },
            ],
          },
        ],
      },
    },
  },
});
const tainted = node('a', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } });
const apart: Partial<PodSpec> = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } } },
      ],
    },
  },
};

describe('the placement of a Pod', () => {
  it.each<[string, Pod, Node]>([
    ['fits', pod('p'), node('a')],
    ['selects a label', pod('p', { nodeSelector: { zone: 'z1' } }), node('a')],
    ['wants a label in a list', pod('p', affinity('zone', 'In', ['z0', 'z1'])), node('a')],
    ['wants no such label', pod('p', affinity('other', 'DoesNotExist')), node('a')],
    [
      'tolerates a taint by value',
      pod('p', { tolerations: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] }),
      tainted,
    ],
    ['tolerates everything', pod('p', { tolerations: [{ operator: 'Exists' }] }), tainted],
    [
      'takes exactly what is there',
      pod('p', requesting({ cpu: '4000m', memory: '8Gi', 'example.com/gpu': '1' })),
      node('a'),
    ],
    [
      'does not mind a mild taint',
      pod('p'),
      node('a', { spec: { taints: [{ key: 'k', effect: 'PreferNoSchedule' }] } }),
    ],
  ])('is the node when it %s', (_what, wanted, only) => {
    expect(place(wanted, { nodes: [only], bound: [] })).toEqual({ type: 'node', name: 'a' });
  });

  it.each<[string, Pod, Node[], Pod[], string]>([
    ['no nodes', pod('p'), [], [], 'no nodes available to schedule pods'],
    [
      'a node that is not ready',
      pod('p'),
      [node('a', {}, 'False')],
      [],
      '0/1 nodes are available: 1 node(s) were not ready.',
    ],
    [
      'a cordoned node',
      pod('p'),
      [node('a', { spec: { unschedulable: true } })],
      [],
      '0/1 nodes are available: 1 node(s) were unschedulable.',
    ],
    [
      'a taint',
      pod('p', { tolerations: [{ key: 'k', value: 'w' }] }),
      [tainted],
      [],
      '0/1 nodes are available: 1 node(s) had untolerated taint {k: v}.',
    ],
    [
      'a selector',
      pod('p', { nodeSelector: { zone: 'z2' } }),
      [node('a'), node('b')],
      [],
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
    ],
    [
      'affinity',
      pod('p', affinity('zone', 'NotIn', ['z1'])),
      [node('a')],
      [],
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    ],
    [
      'memory and an extended resource',
      pod('p', requesting({ memory: '9Gi', 'example.com/none': '1' })),
      [node('a')],
      [],
      '0/1 nodes are available: 1 Insufficient example.com/none, 1 Insufficient memory.',
    ],
    [
      'CPU that others took',
      pod('p', requesting({ cpu: '2' })),
      [node('a')],
      [pod('o', { ...requesting({ cpu: '2500m' }), nodeName: 'a' })],
      '0/1 nodes are available: 1 Insufficient cpu.',
    ],
    [
      'the number of Pods',
      pod('p'),
      [node('a')],
      [pod('o1', { nodeName: 'a' }), pod('o2', { nodeName: 'a' })],
      '0/1 nodes are available: 1 Too many pods.',
    ],
    [
      'anti-affinity',
      pod('p', apart),
      [node('a')],
      [pod('o', { nodeName: 'a' }, { app: 'x' })],
      "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
    ],
    [
      'anti-affinity of others',
      pod('p', {}, { app: 'x' }),
      [node('a')],
      [pod('o', { ...apart, nodeName: 'a' })],
      "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.",
    ],
    [
      'different reasons',
      pod('p', { nodeSelector: { 'kubernetes.io/hostname': 'c' } }),
      [node('a'), node('b', {}, 'False')],
      [],
      "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were not ready.",
    ],
  ])('is nowhere because of %s', (_what, wanted, nodes, bound, message) => {
    expect(place(wanted, { nodes, bound })).toEqual({ type: 'unschedulable', message });
  });

  it('prefers the emptier node', () => {
    const bound = [pod('o', { ...requesting({ cpu: '3' }), nodeName: 'a' })];
    expect(place(pod('p'), { nodes: [node('a'), node('b')], bound })).toEqual({ type: 'node', name: 'b' });
  });
});

describe('the requests of a Pod', () => {
  const container = (cpu: string, restartPolicy?: string) => ({
    name: cpu,
    image: 'i',
    resources: { limits: { cpu } },
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
  });

  it.each<[string, Partial<PodSpec>, string]>([
    ['its containers', { containers: [container('1'), container('500m')] }, '1500m'],
    ['its largest init container', { initContainers: [container('3')], containers: [container('1')] }, '3'],
    [
      'its containers and sidecars',
      { initContainers: [container('1', 'Always')], containers: [container('1')] },
      '2',
    ],
    [
      'an init container beside a sidecar',
      { initContainers: [container('1', 'Always'), container('2')], containers: [container('1')] },
      '3',
    ],
    ['its overhead too', { containers: [container('1')], overhead: { cpu: '250m' } }, '1250m'],
  ])('are those of %s', (_what, spec, cpu) => {
    expect(podRequests(pod('p', spec)).get('cpu')?.toString()).toBe(cpu);
  });
});

describe('the scheduler', () => {
  let controlPlane: ControlPlane;
  let client: Client;
  let abort: AbortController;
  let running: Promise<void>;

  beforeEach(async () => {
    controlPlane = await startControlPlane();
    client = await connect({ server: controlPlane.url, ca: controlPlane.ca, token: controlPlane.token });
    abort = new AbortController();
    running = runScheduler({ client, signal: abort.signal });
  });

  afterEach(async () => {
    abort.abort();
    await running;
    await client[Symbol.asyncDispose]();
    await controlPlane.stop();
  });

  const create = (name: string, spec: Partial<PodSpec> = {}) =>
    client.pods.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
    });
  const get = (name: string) => client.pods.get(name, { namespace: 'default' });

  it('says why a Pod waits, and binds it when a node comes; two Pods do not share what is enough for one', async () => {
    await create('p1', requesting({ 'example.com/gpu': '1' }));
    const waiting = await eventually('the condition', async () => {
      const found = (await get('p1')).status?.conditions?.find(({ type }) => type === 'PodScheduled');
      return found?.status === 'False' ? found : undefined;
    });
    expect(waiting).toMatchObject({
      reason: 'Unschedulable',
      message: 'no nodes available to schedule pods',
    });
    const made = node('n');
    await client.nodes.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
    await client.nodes.patch(
      'n',
      { type: 'merge', body: { status: made.status } },
      { subresource: 'status' },
    );
    await eventually('p1 is bound', async () => (await get('p1')).spec.nodeName === 'n');
    expect((await get('p1')).status?.conditions?.find(({ type }) => type === 'PodScheduled')?.status).toBe(
      'True',
    );
    await create('p2', requesting({ 'example.com/gpu': '1' }));
    await eventually('p2 is refused', async () => {
      const condition = (await get('p2')).status?.conditions?.find(({ type }) => type === 'PodScheduled');
      return condition?.message === '0/1 nodes are available: 1 Insufficient example.com/gpu.';
    });
    await client.pods.delete('p1', { namespace: 'default', gracePeriodSeconds: 0 });
    await eventually('p2 is bound', async () => (await get('p2')).spec.nodeName === 'n');
  });

  it('leaves Pods of other schedulers alone', async () => {
    await client.nodes.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
    await client.nodes.patch(
      'n',
      { type: 'merge', body: { status: node('n').status } },
      { subresource: 'status' },
    );
    await create('theirs', { schedulerName: 'other' });
    await create('ours');
    await eventually('ours is bound', async () => (await get('ours')).spec.nodeName === 'n');
    expect((await get('theirs')).spec.nodeName ?? '').toBe('');
  });
});

describe('the placement of a Pod with claims', () => {
  const using = (...names: string[]): Pod =>
    pod('p', { volumes: names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })) });
  const bound = (name: string, volumeName: string, spec: Parameters<typeof claimOf>[1] = {}) => ({
    ...claimOf(name, { volumeName, ...spec }),
    status: { phase: 'Bound' },
  });
  const on = (name: string) => ({
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: [name] }] },
        ],
      },
    },
  });
  interface Storage {
    claims: PersistentVolumeClaim[];
    volumes?: PersistentVolume[];
    classes?: StorageClass[];
  }
  const placed = (wanted: Pod, { claims, volumes = [], classes = [] }: Storage, others: Pod[] = []) =>
    place(wanted, {
      nodes: [node('a'), node('b')],
      bound: others,
      storage: {
        claim: (namespace, name) =>
          claims.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
        storageClass: (name) => classes.find(({ metadata }) => metadata.name === name),
        volumes,
      },
    });

  it('is where its volumes are', () => {
    const storage = {
      claims: [bound('c', 'v'), bound('d', 'w')],
      volumes: [volumeOf('v', on('b')), volumeOf('w')],
    };
    expect(placed(using('c', 'd'), storage)).toEqual({ type: 'node', name: 'b' });
  });

  it('names the claims whose volumes follow it', () => {
    const waiting = claimOf('c', { storageClassName: 'local' });
    const storage = {
      claims: [waiting, bound('d', 'w')],
      volumes: [volumeOf('w', on('b'))],
      classes: [classOf('local')],
    };
    expect(placed(using('c', 'd'), storage)).toEqual({ type: 'node', name: 'b', unbound: [waiting] });
  });

  it.each<[string, Storage, string]>([
    ['does not exist', { claims: [] }, '"c" not found'],
    [
      'is being deleted',
      { claims: [claimOf('c', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })] },
      '"c" is being deleted',
    ],
    [
      'lost its volume',
      { claims: [{ ...bound('c', 'v'), status: { phase: 'Lost' } }] },
      '"c" lost its volume "v"',
    ],
    ['is not bound', { claims: [claimOf('c', { storageClassName: '' })] }, '"c" is not bound to a volume'],
    [
      'is bound at once, but not yet',
      {
        claims: [claimOf('c', { storageClassName: 'now' })],
        classes: [classOf('now', { volumeBindingMode: 'Immediate' })],
      },
      '"c" is not bound to a volume',
    ],
    [
      'has its volume elsewhere',
      { claims: [bound('c', 'v')], volumes: [volumeOf('v', on('z'))] },
      '2 node(s) had volume node affinity conflict.',
    ],
    [
      'waits for a volume that nobody makes',
      {
        claims: [claimOf('c', { storageClassName: 'manual' })],
        classes: [classOf('manual', { provisioner: 'kubernetes.io/no-provisioner' })],
      },
      "2 node(s) didn't find available persistent volumes to bind.",
    ],
  ])('is nowhere while its claim %s', (_what, storage, message) => {
    const placement = placed(using('c'), storage);
    expect(placement).toMatchObject({ type: 'unschedulable' });
    expect(placement.type === 'unschedulable' && placement.message).toContain(message);
  });

  it('is nowhere while another Pod has a claim for one Pod only', () => {
    const storage = {
      claims: [bound('c', 'v', { accessModes: ['ReadWriteOncePod'] })],
      volumes: [volumeOf('v')],
    };
    const other = { ...using('c'), metadata: { name: 'other', namespace: 'default', uid: 'other' } };
    expect(placed(using('c'), storage, [other])).toMatchObject({
      message: '0/2 nodes are available: 2 node(s) had a Pod that uses a ReadWriteOncePod claim of this Pod.',
    });
    expect(placed(using('c'), storage)).toMatchObject({ type: 'node' });
  });
});
