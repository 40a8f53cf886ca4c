import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grouped } from '../differential/report.ts';
import { buildClientGo } from '../kubernetes/build.ts';
import { runClientGo } from './client-go.ts';
import { entryDifferences, type Entry } from './entries.ts';
import { Findings } from './findings.ts';
import { interruptible } from './interruptible.ts';
import { listedForClientGo } from './listed-for-client-go.ts';
import { makeNamespace, prepareWidgets } from './preparation.ts';
import { startServers, type Server, type Servers } from './servers.ts';

let servers: Servers;
let program: string;
let namespaces = 0;
const findings = new Findings(listedForClientGo);

beforeAll(async () => {
  program = join((await buildClientGo()).folder, 'client-go');
  servers = await startServers();
  await Promise.all([prepareWidgets(servers.kubernetes), prepareWidgets(servers.ours)]);
});

afterAll(async () => {
  await servers?.[Symbol.asyncDispose]();
});

/** What the program sees at a server, in a namespace of its own. */
async function entriesAt(server: Server, scenario: string, namespace: string): Promise<Entry[]> {
  await using way = await interruptible(server);
  const work: Record<string, () => void | Promise<void>> = {
    cut: () => way.cut(),
    mend: () => way.mend(),
    forget: () => server.forget(),
  };
  // Awaited here, because the way ends with this function.
  return await runClientGo({
    program,
    kubeconfig: server.kubeconfig,
    interruptible: way.kubeconfig,
    namespace: await makeNamespace(server, namespace),
    scenario,
    onAsk: async (what) => work[what]!(),
  });
}

test.each([
  { scenario: 'apply', title: 'server-side apply' },
  { scenario: 'discovery', title: 'discovery and a mapper of resources' },
  { scenario: 'lists', title: 'pages, streamed lists, tables, metadata' },
  { scenario: 'protobuf', title: 'protobuf where it is asked for' },
  { scenario: 'election', title: 'leader election' },
  { scenario: 'informers', title: 'informers with resync, cut off and left behind' },
])('client-go sees the same at both servers: $title', async ({ scenario }) => {
  namespaces += 1;
  const namespace = `${scenario}-${namespaces}`;
  const [kubernetes, ours] = await Promise.all([
    entriesAt(servers.kubernetes, scenario, namespace),
    entriesAt(servers.ours, scenario, namespace),
  ]);
  const unlisted = findings.add(entryDifferences(`client-go: ${scenario}`, kubernetes, ours));
  expect(unlisted, grouped(unlisted)).toEqual([]);
  expect(kubernetes.length).toBeGreaterThan(3);
});

test('each listed difference of client-go still occurs', () => {
  expect(findings.stale).toEqual([]);
});
