import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, it } from 'vitest';
import { requires, waitUntil } from '@virtkit/testing';
import { fileLayer } from '../file-layer.ts';
import { LayerCache } from '../layer-cache.ts';
import { readLayout, writeLayout } from '../oci-layout.ts';
import { pushImages } from '../registry.ts';

const run = promisify(execFile);

beforeEach((context) =>
  requires(
    context,
    { kind: 'command', name: 'docker-registry', package: 'docker-registry' },
    { kind: 'command', name: 'skopeo', package: 'skopeo' },
  ),
);

it('images are pushed with their digests, by which a registry gives them out', async () => {
  await using cleanUp = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'virtkit-registry-'));
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const layout = join(folder, 'oci');
  const cache = new LayerCache(join(folder, 'cache'));
  const epoch = 0;
  const layerOf = (content: string) =>
    fileLayer({ files: [{ path: 'usr/share/content', content }], epoch }, cache);
  const [shared, own] = [await layerOf('shared'), await layerOf('own')];
  await writeLayout(
    layout,
    [
      { reference: 'virtkit.dev/first:1', layers: [shared].map(commented), config: {} },
      { reference: 'virtkit.dev/second:2', layers: [shared, own].map(commented), config: { User: '1:1' } },
    ],
    { epoch },
  );
  const registry = cleanUp.use(await startRegistry(folder));

  const pushed = await pushImages(layout, {
    registry: `${registry.address}/team`,
    insecure: true,
    progress: () => undefined,
  });

  const [first, second] = await readLayout(layout);
  expect(pushed).toEqual([
    `${registry.address}/team/first@${first!.digest}`,
    `${registry.address}/team/second@${second!.digest}`,
  ]);
  expect(await getJson(`http://${registry.address}/v2/_catalog`)).toEqual({
    repositories: ['team/first', 'team/second'],
  });
  expect(await getJson(`http://${registry.address}/v2/team/second/tags/list`)).toMatchObject({ tags: ['2'] });
  // As a kubelet gets it: by digest, with every layer.
  const copy = join(folder, 'copy');
  await run('skopeo', ['copy', '--src-tls-verify=false', `docker://${pushed[1]!}`, `dir:${copy}`]);
  const { stdout } = await run('skopeo', ['inspect', `dir:${copy}`]);
  expect(JSON.parse(stdout)).toMatchObject({
    Digest: second!.digest,
    Layers: [shared.digest, own.digest],
  });
});

it('a registry that is not there fails the push with what skopeo says', async () => {
  await using cleanUp = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'virtkit-registry-'));
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const layer = await fileLayer(
    { files: [{ path: 'a', content: '' }], epoch: 0 },
    new LayerCache(join(folder, 'cache')),
  );
  await writeLayout(
    join(folder, 'oci'),
    [{ reference: 'virtkit.dev/first:1', layers: [commented(layer)], config: {} }],
    { epoch: 0 },
  );
  const registry = `127.0.0.1:${await freePort()}`;
  await expect(
    pushImages(join(folder, 'oci'), { registry, insecure: true, progress: () => undefined }),
  ).rejects.toMatchObject({ code: 'tool-failed', message: expect.stringContaining('refused') as string });
});

const commented = <T>(layer: T) => ({ layer, comment: 'test' });

/** Debian's registry on a free port of the loopback interface. */
async function startRegistry(folder: string): Promise<AsyncDisposable & { address: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = join(folder, 'registry.yml');
  await writeFile(
    configuration,
    JSON.stringify({
      version: 0.1,
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder, 'registry') } },
      http: { addr: address, secret: 'test' },
    }),
  );
  const server = spawn('docker-registry', ['serve', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = new Promise((resolve) => server.once('close', resolve));
  await waitUntil('the registry to answer', async () => {
    if (server.exitCode !== null) throw new Error(`it ended: ${log}`);
    return (await fetch(`http://${address}/v2/`)).ok;
  });
  return {
    address,
    async [Symbol.asyncDispose]() {
      server.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.listen(0, '127.0.0.1', () => resolve(undefined));
  await promise;
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function getJson(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}
