import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Difference } from '../differential/compare.ts';
import { grouped } from '../differential/report.ts';
import { buildClientGo, buildKubernetes } from '../kubernetes/build.ts';
import { clientGoAt } from './client-go.ts';
import { clientNodeAt, type Calls } from './client-node/client-node.ts';
import { informers, watches } from './client-node/informers.ts';
import { listedForClientNode } from './client-node/listed-for-client-node.ts';
import { accessCalls, customObjectCalls, objectCalls, typedCalls } from './client-node/typed-calls.ts';
import { entryDifferences, type Entry } from './entries.ts';
import { Findings } from './findings.ts';
import { interruptible } from './interruptible.ts';
import { compareScripts } from './kubectl/compare-scripts.ts';
import { listedForKubectl } from './kubectl/listed-for-kubectl.ts';
import { makeNamespaces } from './kubectl/namespaces.ts';
import { scripts } from './kubectl/scripts/all.ts';
import { listedForClientGo } from './listed-for-client-go.ts';
import { configOf, prepareWidgets } from './preparation.ts';
import { atBoth, comparedMinor, startServers, type Server, type Servers } from './servers.ts';
import { settled, Together } from './together.ts';

// One file, so that the servers are started once. What restarts kube-apiserver comes after what would be disturbed by it, and
// what needs kube-controller-manager comes last.

const findingsOf = {
  'client-go': new Findings(listedForClientGo),
  '@kubernetes/client-node': new Findings(listedForClientNode),
  kubectl: new Findings(listedForKubectl),
};

let servers: Servers;
let clientGo: string;
let kubectl: string;
let folder: string;
let namespaces = 0;

beforeAll(async () => {
  clientGo = join((await buildClientGo()).folder, 'client-go');
  kubectl = join((await buildKubernetes(comparedMinor, ['kubectl'])).folder, 'kubectl');
  folder = await mkdtemp(join(tmpdir(), 'virtkit-clients-'));
  servers = await startServers();
  await atBoth(servers, prepareWidgets);
}, 600_000);

afterAll(async () => {
  await servers?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function expectListed(findings: Findings, differences: readonly Difference[]): void {
  const unlisted = findings.add(differences);
  expect(unlisted, grouped(unlisted)).toEqual([]);
}

/** What a client sees at both servers, in a namespace of its own. */
async function expectSame(
  findings: Findings,
  client: string,
  name: string,
  entriesAt: (server: Server, namespace: string) => Promise<readonly Entry[]>,
): Promise<void> {
  namespaces += 1;
  const namespace = `${name}-${namespaces}`;
  const entries = await atBoth(servers, (server) => entriesAt(server, namespace));
  expectSameEntries(findings, `${client}: ${name}`, entries);
}

/** Expects that something was seen at both servers, and the same. */
function expectSameEntries(
  findings: Findings,
  what: string,
  [kubernetes, ours]: readonly [kubernetes: readonly Entry[], ours: readonly Entry[]],
): void {
  expectListed(findings, entryDifferences(what, kubernetes, ours));
  expect(kubernetes.length).toBeGreaterThan(3);
}

const scenarioAt =
  (scenario: string) =>
  (server: Server, namespace: string): Promise<Entry[]> =>
    clientGoAt(server, namespace, { program: clientGo, scenario, forget: () => server.forget() });
const callsAt =
  (calls: Calls) =>
  (server: Server, namespace: string): Promise<readonly Entry[]> =>
    clientNodeAt(server, namespace, calls);

test.concurrent.each([
  { name: 'election', title: 'leader election' },
  { name: 'apply', title: 'server-side apply' },
  { name: 'discovery', title: 'discovery and a mapper of resources' },
  { name: 'lists', title: 'pages, streamed lists, tables, metadata' },
  { name: 'protobuf', title: 'protobuf where it is asked for' },
])('client-go sees the same at both servers: $title', async ({ name }) => {
  await expectSame(findingsOf['client-go'], 'client-go', name, scenarioAt(name));
});

test.concurrent.each([
  { name: 'typed', title: 'objects of built-in kinds', calls: typedCalls },
  { name: 'access', title: 'accounts, roles and reviews', calls: accessCalls },
  { name: 'custom', title: 'objects of a custom resource', calls: customObjectCalls },
  { name: 'objects', title: 'objects of any kind, and server-side apply', calls: objectCalls },
])('@kubernetes/client-node sees the same at both servers: $title', async ({ name, calls }) => {
  await expectSame(findingsOf['@kubernetes/client-node'], 'client-node', name, callsAt(calls));
});

// At once, because to forget is to start kube-apiserver again.
test('informers of both are told the same, also after a cut, and when history is forgotten', async () => {
  namespaces += 1;
  const namespace = `informers-${namespaces}`;
  const [kubernetes, ours] = await atBoth(servers, async (server) => {
    const forgetting = new Together(2, () => server.forget());
    return await settled<[readonly Entry[], readonly Entry[]]>([
      forgetting.member((forget) =>
        clientGoAt(server, `${namespace}-go`, { program: clientGo, scenario: 'informers', forget }),
      ),
      forgetting.member((forget) => clientNodeAt(server, `${namespace}-node`, informersAt(server, forget))),
    ]);
  });
  expectSameEntries(findingsOf['client-go'], 'client-go: informers', [kubernetes[0], ours[0]]);
  expectSameEntries(findingsOf['@kubernetes/client-node'], 'client-node: informers', [
    kubernetes[1],
    ours[1],
  ]);
});

const informersAt =
  (server: Server, forget: () => Promise<void>): Calls =>
  async (direct, namespace, recorder) => {
    await using way = await interruptible(server);
    const around = { direct, cuttable: configOf(way.kubeconfig), way, forget, namespace, recorder };
    await informers(around);
    await watches(around);
  };

test('kubectl of the same version prints the same at both servers', async () => {
  const pair = await servers.withControllers(prepareWidgets);
  namespaces += 1;
  const prefix = `kubectl-${namespaces}`;
  await atBoth(pair, (server) =>
    makeNamespaces(
      server,
      scripts.map(({ name }) => `${prefix}-${name}`),
    ),
  );
  const at = (server: Server) => ({ program: kubectl, server, folder: join(folder, prefix, server.name) });
  const { commands, differences, surprises } = await compareScripts(
    { kubernetes: at(pair.kubernetes), ours: at(pair.ours) },
    scripts,
    prefix,
  );
  const unlisted = findingsOf.kubectl.add(differences);
  const rest = unlisted.length === 0 ? 'all of them listed' : `${unlisted.length} of them not listed`;
  console.log(`${commands} commands, differences ${differences.length}, ${rest}`);
  expect(surprises, 'how commands end at kube-apiserver').toEqual([]);
  expect(unlisted, grouped(unlisted)).toEqual([]);
}, 900_000);

test.each(Object.entries(findingsOf))('each listed difference still occurs: %s', (_, findings) => {
  expect(findings.stale).toEqual([]);
});
