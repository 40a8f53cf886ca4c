import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiServerError, startControlPlane } from '../src/index.ts';
import { generateCertificates } from '../src/tls/certificates.ts';
import { Client } from './support/client.ts';
import { CONFIGMAPS, configMap } from './support/fixtures.ts';
import { Random } from './support/random.ts';

let directory: string;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'virtkit-apiserver-'));
});

afterEach(async () => {
  // A process that a failed test leaves behind would hold the output of the test run open.
  await Promise.all([...running].map(kill));
  await rm(directory, { recursive: true, force: true });
});

interface ServerProcess {
  child: ChildProcess;
  plane: { url: string; ca: string; token: string };
}

async function startProcess(): Promise<ServerProcess> {
  const script = fileURLToPath(new URL('./support/server-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@virtkit/source', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  for await (const line of createInterface({ input: child.stdout }))
    return { child, plane: JSON.parse(line) as ServerProcess['plane'] };
  throw new Error('the server process ended before it was ready');
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
}

test('kill -9 loses no acknowledged write, and a watch goes on from before the kill', async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`kill -9 test: seed ${seed}`);
  const random = new Random(seed);
  const acknowledged = new Map<string, string>();
  const attempted = new Map<string, Set<string>>();
  let revision = '';
  for (let round = 0; round < 4; round += 1) {
    const { child, plane } = await startProcess();
    const client = new Client(plane);
    if (round === 0) revision = (await client.get(CONFIGMAPS)).body.metadata.resourceVersion ?? '';
    const { body } = await client.get(CONFIGMAPS);
    const stored = new Map(body.items.map((item) => [item.metadata.name, item.data?.value ?? '']));
    for (const [name, value] of acknowledged) {
      // The write that was under way at the kill may have been stored without the answer getting through.
      const found = stored.get(name) ?? 'nothing';
      expect([value, ...(attempted.get(name) ?? [])]).toContain(found);
      // From now on nothing but what is stored may be found, whatever was under way.
      acknowledged.set(name, found);
    }
    attempted.clear();
    let stop = false;
    let answered = 0;
    const enough = Promise.withResolvers<undefined>();
    const wanted = random.between(20, 60);
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let count = 0; !stop; count += 1) {
        const name = `w${writer}-${random.between(0, 4)}`;
        const value = `${round}.${count}`;
        attempted.set(name, new Set([value]));
        try {
          const reply = acknowledged.has(name)
            ? await client.merge(`${CONFIGMAPS}/${name}`, { data: { value } })
            : await client.post(CONFIGMAPS, configMap(name, { value }));
          if (reply.status >= 300 && reply.status !== 409)
            throw new Error(`write refused: ${JSON.stringify(reply.body)}`);
          if (reply.status === 409) await client.merge(`${CONFIGMAPS}/${name}`, { data: { value } });
          acknowledged.set(name, value);
          attempted.delete(name);
          answered += 1;
          if (answered === wanted) enough.resolve(undefined);
        } catch (error) {
          // The kill cuts connections: that ends this writer, and nothing else may.
          if (!stop && !(error instanceof Error && 'code' in error)) throw error;
          return;
        }
      }
    });
    const ended = Promise.all(writers);
    // However slow the machine is: the kill comes in the middle of writes.
    await Promise.race([enough.promise, ended]);
    await kill(child);
    stop = true;
    await ended;
    await client[Symbol.asyncDispose]();
  }
  const { child, plane } = await startProcess();
  const client = new Client(plane);
  await client.post(CONFIGMAPS, configMap('end'));
  const state = new Map<string, string>();
  let last = Number(revision);
  await using watch = await client.watch(`${CONFIGMAPS}?resourceVersion=${revision}`);
  for (let event = await watch.next(); event !== undefined; event = await watch.next()) {
    const current = Number(event.object.metadata.resourceVersion);
    expect(current).toBeGreaterThan(last);
    last = current;
    if (event.object.metadata.name === 'end') break;
    state.set(event.object.metadata.name, event.object.data?.value ?? '');
  }
  const { body } = await client.get(CONFIGMAPS);
  expect([...state].sort()).toEqual(
    body.items
      .filter((item) => item.metadata.name !== 'end')
      .map((item) => [item.metadata.name, item.data?.value])
      .sort(),
  );
  expect(acknowledged.size).toBeGreaterThan(10);
  await client[Symbol.asyncDispose]();
  await kill(child);
}, 60_000);

test('a restart keeps objects, revision, certificates and token; compaction is remembered', async () => {
  const first = await startControlPlane({ dataDir: directory });
  const client = new Client(first);
  const created = (await client.post(CONFIGMAPS, configMap('kept'))).body;
  await client.post(CONFIGMAPS, configMap('gone'));
  await client.delete(`${CONFIGMAPS}/gone`);
  first.compact({ revisions: 0, ageMs: 0 });
  const before = first.metrics();
  await client[Symbol.asyncDispose]();
  await first.stop();

  await using second = await startControlPlane({ dataDir: directory });
  expect([second.ca, second.token]).toEqual([first.ca, first.token]);
  await using again = new Client(second);
  expect((await again.get(`${CONFIGMAPS}/kept`)).body).toEqual(created);
  expect(second.metrics().revision).toBe(before.revision);
  expect((await again.get(`${CONFIGMAPS}?watch=1&resourceVersion=2`)).body).toMatchObject({ code: 410 });
  const later = await again.post(CONFIGMAPS, configMap('later'));
  expect(Number(later.body.metadata.resourceVersion)).toBe(before.revision + 1);
});

test('certificates that a killed process left half renewed are made anew', async () => {
  const first = await startControlPlane({ dataDir: directory });
  await first.stop();
  const { key } = await generateCertificates();
  await writeFile(join(directory, 'pki', 'server.key'), key);

  await using second = await startControlPlane({ dataDir: directory });
  expect(second.ca).not.toBe(first.ca);
  await using client = new Client(second);
  expect((await client.get(CONFIGMAPS)).status).toBe(200);
});

test('a data directory has one owner', async () => {
  await using owner = await startControlPlane({ dataDir: directory });
  expect(owner.url).toMatch(/^https:/);
  await expect(startControlPlane({ dataDir: directory })).rejects.toMatchObject({
    code: 'DataDirectoryInUse',
    retry: 'on-change',
  });
});

test('a port in use is named in the error', async () => {
  await using owner = await startControlPlane();
  const port = Number(new URL(owner.url).port);
  const refused = await startControlPlane({ listen: { port } }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiServerError);
  expect(refused).toMatchObject({ code: 'AddressInUse' });
});
