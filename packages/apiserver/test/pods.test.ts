import { beforeAll, describe, expect, test } from 'vitest';
import { pod, PODS } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const { client } = await startPlane();

beforeAll(async () => {
  for (const [name, value, more] of [
    ['high', 1000, { preemptionPolicy: 'Never' }],
    ['low', 10, {}],
  ] as const)
    await client.post('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name }, value, ...more });
});

const main = { name: 'main', image: 'example.com/image:1' };
let pods = 0;

/** A new Pod with what is given of its spec. */
async function made(spec: object) {
  pods += 1;
  const name = `p${pods}`;
  return client.post(PODS, pod(name, { containers: [main], ...spec }));
}

const container = (more: object) => ({ containers: [{ ...main, ...more }] });
const forFiveMinutes = ['not-ready', 'unreachable'].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

describe('a new Pod', () => {
  test.each<[string, object, object]>([
    [
      'a ConfigMap as a volume',
      { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
      { volumes: [{ configMap: { defaultMode: 420 } }] },
    ],
    ['a volume without a source', { volumes: [{ name: 'v' }] }, { volumes: [{ emptyDir: {} }] }],
    [
      'a token as a volume',
      { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] },
      {
        volumes: [
          {
            projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3600 } }] },
          },
        ],
      },
    ],
    [
      'a path of the node',
      { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
      { volumes: [{ hostPath: { type: '' } }] },
    ],
    [
      'a probe',
      container({ livenessProbe: { httpGet: { port: 80 }, periodSeconds: 0 } }),
      container({
        livenessProbe: {
          httpGet: { path: '/', port: 80, scheme: 'HTTP' },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
      }),
    ],
    [
      'a variable from a field',
      container({ env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      container({ env: [{ name: 'N', valueFrom: { fieldRef: { apiVersion: 'v1' } } }] }),
    ],
    [
      'the network of the node',
      { hostNetwork: true, ...container({ ports: [{ containerPort: 80 }] }) },
      container({ ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }),
    ],
    ['no tolerations', {}, { tolerations: forFiveMinutes }],
    [
      'a toleration of everything',
      { tolerations: [{ operator: 'Exists' }] },
      { tolerations: [{ operator: 'Exists' }] },
    ],
    ['no priority', {}, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }],
    ['a PriorityClass', { priorityClassName: 'high' }, { priority: 1000, preemptionPolicy: 'Never' }],
    [
      'a PriorityClass of Kubernetes',
      { priorityClassName: 'system-node-critical' },
      { priority: 2_000_001_000 },
    ],
  ])('with %s gets the defaults of Kubernetes', async (_what, spec, expected) => {
    const { status, body } = await made(spec);
    expect(status).toBe(201);
    expect(body.spec).toMatchObject(expected);
  });

  test.each<[string, object, number, readonly string[]]>([
    ['no containers', { containers: [] }, 422, ['spec.containers']],
    ['a container without an image', { containers: [{ name: 'main' }] }, 422, ['spec.containers[0].image']],
    ['a bad name', { containers: [{ ...main, name: 'A B' }] }, 422, ['spec.containers[0].name']],
    ['one name twice', { containers: [main, main] }, 422, ['spec.containers[1].name']],
    ['an unknown policy', { restartPolicy: 'Sometimes' }, 422, ['spec.restartPolicy']],
    [
      'a mount of nothing',
      container({ volumeMounts: [{ name: 'absent', mountPath: '/' }] }),
      422,
      ['spec.containers[0].volumeMounts[0].name'],
    ],
    [
      'a request above its limit',
      container({ resources: { limits: { cpu: '1' }, requests: { cpu: '1500m' } } }),
      422,
      ['spec.containers[0].resources.requests'],
    ],
    [
      'a toleration that tolerates nothing',
      { tolerations: [{ operator: 'Equal', value: 'x' }] },
      422,
      ['spec.tolerations[0].operator'],
    ],
    ['no time to live', { activeDeadlineSeconds: 0 }, 422, ['spec.activeDeadlineSeconds']],
    ['a text for a list', { containers: 'none' }, 400, []],
    ['a quantity that is none', container({ resources: { limits: { cpu: 'many' } } }), 400, []],
    ['a PriorityClass that is not there', { priorityClassName: 'absent' }, 403, []],
    ['a priority of its own', { priorityClassName: 'low', priority: 5 }, 403, []],
  ])('with %s is refused', async (_what, spec, code, fields) => {
    const { status, body } = await made(spec);
    expect(status).toBe(code);
    const causes = (body as { details?: { causes?: { field: string }[] } }).details?.causes ?? [];
    expect(causes.map(({ field }) => field)).toEqual(fields);
  });
});

test.each<[string, object, number]>([
  ['an image', container({ image: 'example.com/image:2' }), 200],
  ['a command', container({ command: ['x'] }), 422],
  ['a further container', { containers: [main, { ...main, name: 'more' }] }, 422],
  ['a deadline', { activeDeadlineSeconds: 60 }, 200],
  ['a later deadline', { activeDeadlineSeconds: 90 }, 422],
  ['no deadline', { activeDeadlineSeconds: null }, 422],
])('a Pod whose deadline is set gets %s: %s %d', async (_what, spec, expected) => {
  const { body } = await made({ activeDeadlineSeconds: 70 });
  const path = `${PODS}/${body.metadata.name}`;
  const changed = await client.merge(path, { spec });
  expect(changed.status).toBe(expected);
  const { spec: now } = (await client.get(path)).body;
  expect(now).toMatchObject({ priority: 0, tolerations: forFiveMinutes });
});

test('what a scheduler decides is no new generation, and a watcher is told that a deletion begins', async () => {
  const { body } = await made({});
  const { name, resourceVersion } = body.metadata;
  const path = `${PODS}/${name}`;
  await client.post(`${path}/binding`, { metadata: { name }, target: { kind: 'Node', name: 'n' } });
  expect((await client.get(path)).body.metadata.generation).toBe(1);
  const { body: deleted } = await client.delete(path, { gracePeriodSeconds: 0 });
  expect(deleted).toMatchObject({ kind: 'Pod', metadata: { deletionGracePeriodSeconds: 0, generation: 2 } });
  const query = `fieldSelector=metadata.name%3D${name}&resourceVersion=${resourceVersion}`;
  await using watch = await client.watch(`${PODS}?${query}`);
  expect((await watch.take(3)).map(({ type }) => type)).toEqual(['MODIFIED', 'MODIFIED', 'DELETED']);
});
