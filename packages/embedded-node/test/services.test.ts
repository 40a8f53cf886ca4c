import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, runOrThrow } from '../src/processes/command.ts';
import { runEndpointsController } from '../src/services/endpoints-controller.ts';
import { removeServiceRules, runServiceProxy } from '../src/services/service-proxy.ts';
import { ruleset, type ServiceTarget } from '../src/services/ruleset.ts';
import { condition, NodeFixture } from './support/node-fixture.ts';
import { eventually } from './support/scratch.ts';

const target: ServiceTarget = {
  service: 'default/web',
  protocol: 'tcp',
  clusterAddresses: ['10.96.0.10'],
  port: 80,
  nodePort: 30080,
  members: [
    { address: '10.88.0.2', port: 8080 },
    { address: '10.88.0.3', port: 8080 },
  ],
  affinitySeconds: undefined,
};

describe('the ruleset of Services', () => {
  it.each<[string, ServiceTarget[]]>([
    ['no Service', []],
    ['members', [target]],
    ['no members', [{ ...target, members: [] }]],
    ['session affinity and UDP', [{ ...target, affinitySeconds: 60, protocol: 'udp' }]],
    ['a Service without cluster address', [{ ...target, clusterAddresses: [], nodePort: undefined }]],
  ])('is accepted by nft for %s', async (_what, targets) => {
    await runOrThrow('nft', ['--check', '-f', '-'], { input: ruleset('vkt-check', targets) });
  });
});

describe('Services of the embedded node', () => {
  let node: NodeFixture;
  let table: string;
  let abort: AbortController;
  let running: Promise<unknown>;

  beforeEach(async () => {
    node = await NodeFixture.start();
    table = `vkt-services-${node.scratch.tag}`;
    abort = new AbortController();
    const { signal } = abort;
    running = Promise.all([
      runEndpointsController({ client: node.client, signal }),
      runServiceProxy({ client: node.client, signal, table }),
    ]);
    await node.startKubelet();
  });

  afterEach(async () => {
    abort.abort();
    await running;
    await removeServiceRules(table);
    await node[Symbol.asyncDispose]();
  });

  const server = (name: string) =>
    node.createPod(
      name,
      {
        containers: [
          {
            name: 'main',
            image: 'test/host:1',
            command: ['sh', '-c', serverProgram, name],
            ports: [{ name: 'http', containerPort: 8080 }],
            readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1 },
          },
        ],
      },
      { labels: { app: 'web' } },
    );

  it('leads to ready Pods from the host and from a Pod, also to itself, and refuses when there are none', async () => {
    const service = await node.client.services.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
    });
    const address = service.spec!.clusterIP!;
    const nodePort = service.spec!.ports![0]!.nodePort!;
    await server('one');
    await server('two');
    for (const name of ['one', 'two'])
      await node.podThat(name, 'is ready', (pod) => condition(pod, 'Ready') === 'True');
    await eventually('both answer', async () => {
      const answers = await Promise.all(Array.from({ length: 12 }, () => ask(address, 80)));
      return new Set(answers).size === 2 && answers.every((answer) => answer !== '');
    });
    const endpoints = await node.client.endpoints.get('web', { namespace: 'default' });
    expect(endpoints.subsets?.[0]?.addresses).toHaveLength(2);
    expect(endpoints.subsets?.[0]?.ports?.[0]?.port).toBe(8080);
    const one = await node.client.pods.get('one', { namespace: 'default' });
    const inside = `/run/netns/${node.network.namespacePrefix}${one.metadata.uid!}`;
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(address, 80, inside)));
    expect(new Set(answers)).toEqual(new Set(['one', 'two']));
    const gateway = (await runOrThrow('ip', ['-4', '-o', 'addr', 'show', 'dev', node.network.bridge])).match(
      /inet ([\d.]+)/,
    )![1]!;
    expect(['one', 'two']).toContain(await ask(gateway, nodePort, inside));
    for (const name of ['one', 'two'])
      await node.client.pods.delete(name, { namespace: 'default', gracePeriodSeconds: 0 });
    await eventually(
      'connections are refused',
      async () => (await runCommand('curl', ['-sS', '-m2', `http://${address}/`])).exitCode === 7,
    );
    await node.client.services.delete('web', { namespace: 'default' });
    await eventually(
      'the rules are gone',
      async () => !(await runOrThrow('nft', ['list', 'table', 'ip', table])).includes(address),
    );
  });

  async function ask(address: string, port: number, namespace?: string): Promise<string> {
    const command = ['curl', '-s', '-m2', `http://${address}:${port}/`];
    const all = namespace === undefined ? command : ['nsenter', `--net=${namespace}`, ...command];
    return (await runCommand(all[0]!, all.slice(1))).stdout;
  }
});

/** A web server whose page is its first argument. */
const serverProgram = `
mkdir -p /tmp/page && printf %s "$0" > /tmp/page/index.html
exec busybox httpd -f -p 8080 -h /tmp/page
`;
