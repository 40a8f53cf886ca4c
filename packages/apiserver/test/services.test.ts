import { describe, expect, test } from 'vitest';
import { startPlane } from './support/plane.ts';

const SERVICES = '/api/v1/namespaces/default/services';

const { client } = await startPlane();
let count = 0;

const ports = [{ port: 80 }];

/** A new Service with this spec. */
async function made(spec: object) {
  count += 1;
  return client.post(SERVICES, { metadata: { name: `s${count}` }, spec });
}

interface Spec {
  clusterIP?: string;
  ports?: { nodePort?: number }[];
}

describe('a new Service', () => {
  test.each<[string, object, object]>([
    ['nothing but a port', { ports }, { type: 'ClusterIP', ipFamilies: ['IPv4'], sessionAffinity: 'None' }],
    [
      'sessions',
      { ports, sessionAffinity: 'ClientIP' },
      { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } },
    ],
    [
      'a load balancer',
      { ports, type: 'LoadBalancer' },
      { allocateLoadBalancerNodePorts: true, externalTrafficPolicy: 'Cluster' },
    ],
    [
      'no address',
      { clusterIP: 'None', selector: { a: 'b' } },
      { clusterIPs: ['None'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
    ],
    [
      'no address and nothing selected',
      { clusterIP: 'None' },
      { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' },
    ],
  ])('with %s is completed', async (_what, spec, expected) => {
    const { status, body } = await made(spec);
    expect(status).toBe(201);
    expect(body.spec).toMatchObject(expected);
  });

  test.each<[string, object, readonly string[]]>([
    ['no ports', {}, ['spec.ports']],
    [
      'ports without names',
      { ports: [{ port: 1 }, { port: 2 }] },
      ['spec.ports[0].name', 'spec.ports[1].name'],
    ],
    ['a port that is none', { ports: [{ port: 0 }] }, ['spec.ports[0].port', 'spec.ports[0].targetPort']],
    ['a target that is none', { ports: [{ port: 1, targetPort: 'a--b' }] }, ['spec.ports[0].targetPort']],
    [
      'one port twice',
      {
        ports: [
          { name: 'a', port: 1 },
          { name: 'b', port: 1 },
        ],
      },
      ['spec.ports[1]'],
    ],
    [
      'a port of nodes that it has not',
      { ports: [{ port: 1, nodePort: 31_000 }] },
      ['spec.ports[0].nodePort'],
    ],
    ['no external name', { type: 'ExternalName' }, ['spec.externalName']],
    ['a bad label', { ports, selector: { 'a b': 'c' } }, ['spec.selector']],
    ['no address but ports of nodes', { ports, clusterIP: 'None', type: 'NodePort' }, ['spec.clusterIPs[0]']],
    ['addresses that differ', { ports, clusterIP: 'None', clusterIPs: ['10.96.0.9'] }, ['spec.clusterIPs']],
    ['a traffic policy of no use', { ports, externalTrafficPolicy: 'Local' }, ['spec.externalTrafficPolicy']],
  ])('with %s is refused', async (_what, spec, fields) => {
    const { status, body } = await made(spec);
    expect(status).toBe(422);
    const { causes = [] } = (body as { details?: { causes?: { field: string }[] } }).details ?? {};
    expect(causes.map(({ field }) => field)).toEqual(fields);
  });
});

describe('a Service that changes', () => {
  test('keeps what was assigned when a PUT leaves it out', async () => {
    const { body } = await made({ type: 'NodePort', ports: [{ port: 80, name: 'web' }] });
    const path = `${SERVICES}/${body.metadata.name}`;
    const { body: after } = await client.put(path, {
      metadata: { name: body.metadata.name },
      spec: { type: 'NodePort', ports: [{ port: 8080, name: 'web' }] },
    });
    const [before, now] = [body.spec as Spec, after.spec as Spec];
    expect(now.clusterIP).toBe(before.clusterIP);
    expect(now.ports?.[0]?.nodePort).toBe(before.ports?.[0]?.nodePort);
  });

  test('gives back what its new type does not need', async () => {
    const { body } = await made({ type: 'NodePort', ports });
    const path = `${SERVICES}/${body.metadata.name}`;
    const { body: plain } = await client.merge(path, { spec: { type: 'ClusterIP' } });
    expect(plain.spec).not.toHaveProperty('externalTrafficPolicy');
    expect((plain.spec as Spec).ports?.[0]).not.toHaveProperty('nodePort');
    const { body: named } = await client.merge(path, {
      spec: { type: 'ExternalName', externalName: 'example.com' },
    });
    for (const member of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'])
      expect(named.spec).not.toHaveProperty(member);
  });

  test('does not get another address, and is warned of a name of no use', async () => {
    const { body } = await made({ ports });
    const path = `${SERVICES}/${body.metadata.name}`;
    const { status } = await client.merge(path, { spec: { clusterIP: '10.96.250.250' } });
    expect(status).toBe(422);
    const { headers } = await client.merge(path, { spec: { externalName: 'example.com' } });
    expect(headers.warning).toContain('spec.externalName is ignored');
  });
});
