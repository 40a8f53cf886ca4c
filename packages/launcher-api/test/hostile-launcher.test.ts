import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectLauncher, limits } from '@virtkit/launcher-api';
import { parseMachineSpec } from '@virtkit/hal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';

let folder: string;
let stack: AsyncDisposableStack;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launcher-api-'));
  stack = new AsyncDisposableStack();
});

afterEach(async () => {
  await stack.disposeAsync();
  rmSync(folder, { recursive: true });
});

type Answers = Record<string, string | Buffer | RequestListener>;

const info = {
  apiVersion: '1.7',
  vmi: { namespace: 'default', name: 'small', uid: 'u' },
  hypervisor: 'odd',
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  aMemberOfTheFuture: true,
};
const capabilities = {
  name: 'odd',
  version: '1',
  architectures: ['x86_64'],
  machineTypes: ['q35'],
  hardwareVirtualization: { state: 'usable' },
  supports: ['pause', 'consoles', 'display', 'timeTravel'],
};
const good: Answers = { '/v1/info': JSON.stringify(info), '/v1/capabilities': JSON.stringify(capabilities) };

/** A server that looks like a launcher and answers as told. */
async function launcher(answers: Answers, version = '1.7'): Promise<string> {
  const socketPath = join(folder, 'launcher-sock');
  const server = createServer((request, response) => {
    response.setHeader('virtkit-launcher-api', version);
    const answer = answers[`${request.method} ${request.url}`] ?? answers[request.url ?? ''];
    if (typeof answer === 'function') answer(request, response);
    else if (answer === undefined) response.writeHead(404).end('{}');
    else response.end(answer);
  }).listen(socketPath);
  await once(server, 'listening');
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return socketPath;
}

async function client(answers: Answers) {
  const socketPath = await launcher({ ...good, ...answers });
  return stack.use(await connectLauncher({ socketPath, eventIdleMs: 100 }));
}

const spec = parseMachineSpec(smallMachine(), 'mock');
const reference = JSON.stringify({ id: spec.id, name: spec.name });

describe('versions', () => {
  it('accept a newer minor and pass over what they do not know', async () => {
    const { hypervisor } = await client({});
    expect([...hypervisor.supports]).toEqual(['pause', 'consoles', 'display']);
  });

  it.each(['2.0', '0.9'])('refuse a launcher that speaks %s, naming both', async (version) => {
    const socketPath = await launcher({}, version);
    await expect(connectLauncher({ socketPath })).rejects.toMatchObject({
      code: 'version-mismatch',
      retry: 'never',
      message: expect.stringMatching(new RegExp(`${version}.*1\\.2`)),
    });
  });

  it.each(['', 'one', '1'])('refuse a server that names no version (%j)', async (version) => {
    const socketPath = await launcher(good, version);
    await expect(connectLauncher({ socketPath })).rejects.toMatchObject({ code: 'protocol' });
  });
});

describe('answers that break the contract', () => {
  it.each([
    ['no JSON', 'nonsense'],
    ['nothing', ''],
    ['another shape', '{"id":1}'],
    ['another machine', '{"id":"another","name":"another"}'],
  ])('are refused: %s', async (_what, answer) => {
    const { hypervisor } = await client({ '/v1/machines': answer });
    await expect(hypervisor.define(spec)).rejects.toMatchObject({ name: 'HalError', code: 'failed' });
  });

  it('are refused when they are too long, before they are read to the end', async () => {
    let sent = 0;
    const endless: RequestListener = (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, ' '))) sent += 1;
      };
      response.on('drain', more);
      more();
    };
    const { hypervisor } = await client({ '/v1/machines': endless });
    await expect(hypervisor.list()).rejects.toMatchObject({ cause: { code: 'protocol' } });
    expect(sent).toBeLessThan(4 * (limits.responseBytes / (1024 * 1024)));
  });

  it('are refused when a screenshot is no picture', async () => {
    const machine = await (
      await client({ '/v1/machines': reference, [`/v1/machines/${spec.id}/screenshot`]: '<svg/>' })
    ).hypervisor.define(spec);
    await expect(machine.facet('display').screenshot()).rejects.toMatchObject({ code: 'failed' });
  });

  it('are refused when a stream is not opened by the rules', async () => {
    const machine = await (await client({ '/v1/machines': reference })).hypervisor.define(spec);
    await expect(machine.facet('consoles').open(0)).rejects.toMatchObject({ code: 'failed' });
  });

  it('have errors with codes of the future, which become `failed`', async () => {
    const error: RequestListener = (_request, response) => {
      response.writeHead(500).end('{"code":"quantum","message":"m","retry":"maybe"}');
    };
    const { hypervisor } = await client({ '/v1/machines': error });
    await expect(hypervisor.list()).rejects.toMatchObject({ code: 'failed', message: 'm', retry: 'backoff' });
  });

  it('that stop half way are a lost connection', async () => {
    const cut: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('[');
      setImmediate(() => response.destroy());
    };
    const { hypervisor } = await client({ '/v1/machines': cut });
    await expect(hypervisor.list()).rejects.toMatchObject({ code: 'connection-lost' });
  });
});

describe('event streams that break the contract', () => {
  it.each<[string, RequestListener]>([
    ['end at once', (_request, response) => void response.end()],
    ['fall silent', (_request, response) => void response.write('{"kind":"heartbeat"}\n')],
    ['send no JSON', (_request, response) => void response.write('nonsense\n')],
    [
      'send a line without end',
      (_request, response) => void response.write('x'.repeat(limits.eventLineBytes + 1)),
    ],
  ])('are made anew, with a resync, when they %s', async (_what, answer) => {
    let connections = 0;
    const listener: RequestListener = (request, response) => {
      connections += 1;
      answer(request, response);
    };
    const { hypervisor } = await client({ '/v1/events': listener });
    const kinds: string[] = [];
    for await (const { kind } of hypervisor.events()) {
      kinds.push(kind);
      if (connections >= 3) break;
    }
    expect(new Set(kinds)).toEqual(new Set(['resync']));
  });

  it('may hold events of the future, which count as "look again"', async () => {
    const { hypervisor } = await client({
      '/v1/events': (_request, response) => void response.write('{"kind":"timeTravel","id":"x"}\n'),
    });
    const events = hypervisor.events()[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ kind: 'resync' });
    expect((await events.next()).value).toEqual({ kind: 'resync' });
    await events.return?.();
  });
});
