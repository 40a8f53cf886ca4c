import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grouped } from '../../differential/report.ts';
import type { Difference } from '../../differential/compare.ts';
import { buildKubernetes } from '../../kubernetes/build.ts';
import { run } from '../../support/command.ts';
import { Findings } from '../findings.ts';
import { prepareWidgets } from '../preparation.ts';
import { comparedMinor, startServers, type Server, type Servers } from '../servers.ts';
import { listedForKubectl } from './listed-for-kubectl.ts';
import { compareScripts, type ScriptsOutcome } from './compare-scripts.ts';
import { scripts } from './scripts/all.ts';

let servers: Servers;
let folder: string;
let built: string;

beforeAll(async () => {
  built = join((await buildKubernetes(comparedMinor, ['kubectl'])).folder, 'kubectl');
  servers = await startServers({ controllerManager: true });
  folder = await mkdtemp(join(tmpdir(), 'virtkit-kubectl-'));
  await Promise.all([prepareWidgets(servers.kubernetes), prepareWidgets(servers.ours)]);
});

afterAll(async () => {
  await servers?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const kubectl = (server: Server, args: string, input?: string) =>
  run([built, '--kubeconfig', server.kubeconfig, ...args.split(' ')], { input });

const findings = new Findings(listedForKubectl);
let runs = 0;

/** Makes the namespaces of a run, and waits until Pods can be made in them. */
async function makeNamespaces(server: Server, prefix: string): Promise<void> {
  const names = scripts.map(({ name }) => `${prefix}-${name}`);
  const manifests = names.map((name) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
  );
  await kubectl(server, 'create -f -', manifests.join('\n---\n'));
  await waitUntil(
    `${server.name}: accounts and certificates of ${names.length} namespaces`,
    async () => {
      const made = await kubectl(
        server,
        'get serviceaccounts,configmaps -A -o jsonpath={range.items[*]}{.metadata.namespace}/{.metadata.name},{end}',
      );
      const found = new Set(made.stdout.split(','));
      return names.every((name) => found.has(`${name}/default`) && found.has(`${name}/kube-root-ca.crt`));
    },
    { timeoutMs: 120_000, intervalMs: 250 },
  );
}

/** Runs all scripts at both servers. @returns what came of it, and which differences are not listed */
async function compared(program: string, name: string): Promise<ScriptsOutcome & { unlisted: Difference[] }> {
  runs += 1;
  const prefix = `${name}-${runs}`;
  await Promise.all([makeNamespaces(servers.kubernetes, prefix), makeNamespaces(servers.ours, prefix)]);
  const at = (server: Server) => ({ program, server, folder: join(folder, prefix, server.name) });
  const outcome = await compareScripts(
    { kubernetes: at(servers.kubernetes), ours: at(servers.ours) },
    scripts,
    prefix,
  );
  const unlisted = findings.add(outcome.differences);
  const rest = unlisted.length === 0 ? 'all of them listed' : `${unlisted.length} of them not listed`;
  console.log(`${outcome.commands} commands, differences ${outcome.differences.length}, ${rest}`);
  return { ...outcome, unlisted };
}

test('kubectl of the same version prints the same at both servers', async () => {
  const { surprises, unlisted } = await compared(built, 'built');
  expect(surprises, 'how commands end at kube-apiserver').toEqual([]);
  expect(unlisted, grouped(unlisted)).toEqual([]);
  expect(findings.stale, 'what is listed and does not occur').toEqual([]);
});
