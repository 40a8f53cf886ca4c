import type { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grouped } from '../../differential/report.ts';
import { entryDifferences, type Entry } from '../entries.ts';
import { Findings } from '../findings.ts';
import { interruptible } from '../interruptible.ts';
import { configOf, makeNamespace, prepareWidgets } from '../preparation.ts';
import { startServers, type Server, type Servers } from '../servers.ts';
import { informers, watches } from './informers.ts';
import { listedForClientNode } from './listed-for-client-node.ts';
import { Recorder } from './recorder.ts';
import { accessCalls, customObjectCalls, objectCalls, typedCalls } from './typed-calls.ts';

let servers: Servers;
let namespaces = 0;
const findings = new Findings(listedForClientNode);

beforeAll(async () => {
  servers = await startServers();
  await Promise.all([prepareWidgets(servers.kubernetes), prepareWidgets(servers.ours)]);
});

afterAll(async () => {
  await servers?.[Symbol.asyncDispose]();
});

type Calls = (config: KubeConfig, namespace: string, recorder: Recorder) => Promise<void>;

/** What a client sees at a server, in a namespace of its own. */
async function entriesAt(server: Server, namespace: string, calls: Calls): Promise<readonly Entry[]> {
  await makeNamespace(server, namespace);
  const recorder = new Recorder();
  await calls(configOf(server.kubeconfig), namespace, recorder);
  return recorder.entries;
}

async function expectSame(name: string, callsAt: (server: Server) => Calls): Promise<void> {
  namespaces += 1;
  const namespace = `${name}-${namespaces}`;
  const [kubernetes, ours] = await Promise.all(
    [servers.kubernetes, servers.ours].map((server) => entriesAt(server, namespace, callsAt(server))),
  );
  const unlisted = findings.add(entryDifferences(`client-node: ${name}`, kubernetes!, ours!));
  expect(unlisted, grouped(unlisted)).toEqual([]);
  expect(kubernetes!.length).toBeGreaterThan(5);
}

test.each([
  { title: 'objects of built-in kinds', name: 'typed', calls: typedCalls },
  { title: 'accounts, roles and reviews', name: 'access', calls: accessCalls },
  { title: 'objects of a custom resource', name: 'custom', calls: customObjectCalls },
  { title: 'objects of any kind, and server-side apply', name: 'objects', calls: objectCalls },
])('@kubernetes/client-node sees the same at both servers: $title', async ({ name, calls }) => {
  await expectSame(name, () => calls);
});

test('informers are told the same, also after a broken connection and when history is forgotten', async () => {
  await expectSame('informers', (server) => async (direct, namespace, recorder) => {
    await using way = await interruptible(server);
    const forget = () => server.forget();
    const around = { direct, cuttable: configOf(way.kubeconfig), way, forget, namespace, recorder };
    await informers(around);
    await watches(around);
  });
});

test('each listed difference of @kubernetes/client-node still occurs', () => {
  expect(findings.stale).toEqual([]);
});
