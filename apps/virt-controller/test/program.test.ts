import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '@virtkit/testing';
import { machine, startTestCluster, type TestCluster } from './test-cluster.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let cluster: TestCluster;
let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  cluster = await startTestCluster();
  folder = await mkdtemp(join(tmpdir(), 'virt-controller-'));
  await writeFile(join(folder, 'ca.pem'), cluster.controlPlane.ca);
  await writeFile(join(folder, 'token'), `${cluster.controlPlane.token}\n`);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await cluster[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Starts the program and gathers its log lines. */
function start(...args: string[]): { child: ChildProcess; lines: Record<string, unknown>[] } {
  const child = spawn(process.execPath, ['--conditions=@virtkit/source', main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts)
      lines.push(part.startsWith('{') ? (JSON.parse(part) as Record<string, unknown>) : { text: part });
  });
  return { child, lines };
}

it('serves health and metrics, acts, and ends gracefully', async () => {
  const { controlPlane } = cluster;
  const { child, lines } = start(
    ...[
      '--server',
      controlPlane.url,
      '--ca-file',
      join(folder, 'ca.pem'),
      '--token-file',
      join(folder, 'token'),
    ],
    ...['--launcher-image', 'virtkit.dev/virt-launcher:0.1.0', '--metrics-address', '127.0.0.1:0'],
    ...['--leader-elect', '--leader-elect-namespace', 'default'],
  );
  const serving = await waitUntil('it serves', () =>
    lines.find(({ msg }) => msg === 'serving metrics and health'),
  );
  const url = String(serving['url']);
  const leads = async () => (await (await fetch(`${url}/metrics`)).text()).includes('leading_status 1');
  await waitUntil('it leads', leads);
  await waitUntil('it is ready', async () => (await fetch(`${url}/readyz`)).ok);
  expect(await (await fetch(`${url}/leader`)).json()).toEqual({ apiserver: { leader: 'true' } });
  expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok');
  expect((await cluster.client.leases.get('virt-controller')).spec?.holderIdentity).not.toBe('');

  await cluster.client.virtualMachines.create(machine('one'));
  await waitUntil(
    'a launcher pod is there',
    async () => (await cluster.client.pods.list()).items.length === 1,
  );
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('kubevirt_virt_controller_ready_status 1');
  expect(metrics).toMatch(
    /kubevirt_rest_client_requests_total\{code="201",.*resource="pods",verb="CREATE"\} 1/,
  );
  expect(metrics).toMatch(/kubevirt_workqueue_adds_total\{name="virt-controller-vm"\} \d/);

  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  expect((await cluster.client.leases.get('virt-controller')).spec?.holderIdentity).toBe('');
});

it('says what is missing', async () => {
  const { child, lines } = start('--server', cluster.controlPlane.url);
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(2);
  expect(JSON.stringify(lines)).toContain('--launcher-image is missing');
});
