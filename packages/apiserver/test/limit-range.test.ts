import { describe, expect, test } from 'vitest';
import { pod } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const { client } = await startPlane();
let namespaces = 0;

/** A namespace with LimitRanges. @returns the path of its objects */
async function namespaceWith(...ranges: readonly object[][]): Promise<string> {
  namespaces += 1;
  const name = `limited-${namespaces}`;
  await client.post('/api/v1/namespaces', { metadata: { name } });
  for (const [index, limits] of ranges.entries()) {
    const reply = await client.post(`/api/v1/namespaces/${name}/limitranges`, {
      metadata: { name: `range-${index}` },
      spec: { limits },
    });
    expect(reply.status).toBe(201);
  }
  return `/api/v1/namespaces/${name}`;
}

function podWith(resources: object | undefined, more: object = {}) {
  return pod('one', {
    containers: [{ name: 'main', image: 'busybox:1', ...(resources && { resources }) }],
    ...more,
  });
}

function claim(storage: string) {
  return {
    metadata: { name: 'claim' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  };
}

describe('what a container leaves open', () => {
  test('is filled in, and said in an annotation', async () => {
    const path = await namespaceWith([
      { type: 'Container', default: { cpu: '500m', memory: '64Mi' }, defaultRequest: { cpu: '100m' } },
    ]);
    const { status, body } = await client.post(`${path}/pods`, podWith({ requests: { memory: '32Mi' } }));
    expect(status).toBe(201);
    expect(body.spec['containers']).toMatchObject([
      {
        resources: {
          requests: { cpu: '100m', memory: '32Mi' },
          limits: { cpu: '500m', memory: '64Mi' },
        },
      },
    ]);
    expect(body.metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: cpu request for container main; cpu, memory limit for container main',
    );
    expect(body.status['qosClass']).toBe('Burstable');
  });

  test('follows from the most and the least', async () => {
    const path = await namespaceWith([
      { type: 'Container', min: { cpu: '50m' }, max: { cpu: '2', memory: '1Gi' } },
    ]);
    const { body } = await client.get(`${path}/limitranges/range-0`);
    expect(body.spec['limits']).toMatchObject([
      { default: { cpu: '2', memory: '1Gi' }, defaultRequest: { cpu: '2', memory: '1Gi' } },
    ]);
  });

  test('stays open without a range, and in other namespaces', async () => {
    const path = await namespaceWith();
    const { body } = await client.post(`${path}/pods`, podWith(undefined));
    expect(body.spec['containers']).toMatchObject([{ resources: {} }]);
    expect(body.metadata.annotations).toBeUndefined();
  });
});

describe('what asks for more or less than a range allows is refused', () => {
  test.each<[string, object, object, string | undefined]>([
    [
      'too little',
      { type: 'Container', min: { cpu: '100m' } },
      { requests: { cpu: '50m' } },
      'minimum cpu usage per Container is 100m, but request is 50m',
    ],
    [
      'too much',
      { type: 'Container', max: { memory: '1Gi' } },
      { limits: { memory: '2Gi' } },
      'maximum memory usage per Container is 1Gi, but limit is 2Gi',
    ],
    [
      'just as much',
      { type: 'Container', max: { memory: '1Gi' } },
      { limits: { memory: '1024Mi' } },
      undefined,
    ],
    [
      'too much together',
      { type: 'Pod', max: { cpu: '1' } },
      { limits: { cpu: '1500m' } },
      'maximum cpu usage per Pod is 1, but limit is 1500m',
    ],
    [
      'no limit at all',
      { type: 'Pod', max: { cpu: '1' } },
      {},
      'maximum cpu usage per Pod is 1.  No limit is specified',
    ],
    [
      'too far apart',
      { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
      { requests: { cpu: '1' }, limits: { cpu: '3' } },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000',
    ],
  ])('%s', async (_, limit, resources, message) => {
    const path = await namespaceWith([limit]);
    const reply = await client.post(`${path}/pods`, podWith(resources));
    expect(reply.status).toBe(message === undefined ? 201 : 403);
    if (message !== undefined) expect(reply.body['message']).toBe(`pods "one" is forbidden: ${message}`);
  });

  test('init containers count where they need more than all others together', async () => {
    const path = await namespaceWith([{ type: 'Pod', max: { cpu: '1' } }]);
    const initContainers = [{ name: 'first', image: 'busybox:1', resources: { limits: { cpu: '2' } } }];
    const reply = await client.post(`${path}/pods`, podWith({ limits: { cpu: '1' } }, { initContainers }));
    expect(reply.body['message']).toContain('maximum cpu usage per Pod is 1, but limit is 2');
  });

  test('claims that are too small or too large', async () => {
    const path = await namespaceWith([
      { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '10Gi' } },
    ]);
    const claims = `${path}/persistentvolumeclaims`;
    expect((await client.post(claims, claim('512Mi'))).status).toBe(403);
    expect((await client.post(claims, claim('11Gi'))).body['message']).toBe(
      'persistentvolumeclaims "claim" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but limit is 11Gi',
    );
    expect((await client.post(claims, claim('10Gi'))).status).toBe(201);
  });
});

test.each<[object, string]>([
  [{ type: 'Node', max: { cpu: '1' } }, 'spec.limits[0].type'],
  [{ type: 'Pod', default: { cpu: '1' } }, 'spec.limits[0].default'],
  [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }, 'spec.limits[0].min[cpu]'],
])('the limit %j is refused', async (limit, field) => {
  const reply = await client.post('/api/v1/namespaces/default/limitranges', {
    metadata: { name: 'wrong' },
    spec: { limits: [limit] },
  });
  expect(reply.status).toBe(422);
  expect(reply.body.details.causes.map((cause) => cause.field)).toContain(field);
});
