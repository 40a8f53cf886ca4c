import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@virtkit/core-types';
import type { WatchEvent } from '../src/index.ts';
import { lines } from '../src/resource/lines.ts';
import { eventually, failure, scriptedServer } from './scripted-server.ts';

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

describe('lines', () => {
  it('gives the same lines wherever the chunks end', async () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((s) => s.trim() === s && s !== '' && !s.includes('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (texts, cuts) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        expect(await collect(lines(chunksOf(bytes, cuts)))).toEqual(texts);
      }),
    );
  });

  it('reads a line of many megabytes', async () => {
    const text = 'é'.repeat(4 * 1024 * 1024);
    const cuts = Array.from({ length: 2000 }, (_, i) => i * 4099);
    expect(await collect(lines(chunksOf(Buffer.from(`${text}\n`), cuts)))).toEqual([text]);
  });

  it('refuses an endless line and a stream that ends within one', async () => {
    await expect(collect(lines(chunksOf(Buffer.from('abcdef'), [3]), 4))).rejects.toMatchObject({
      code: 'protocol',
    });
    await expect(collect(lines(chunksOf(Buffer.from('a\nb'), [])))).rejects.toMatchObject({
      code: 'connection',
    });
  });
});

function send(response: ServerResponse, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

const named = (name: string, resourceVersion = '1') => ({ kind: 'Pod', metadata: { name, resourceVersion } });

describe('watch', () => {
  it('gives the events and ends when the server does', async () => {
    await using server = await scriptedServer((_request, response) => {
      send(response, 'ADDED', named('a'));
      send(response, 'MODIFIED', named('a', '2'));
      send(response, 'BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '5' } });
      send(response, 'DELETED', named('a', '6'));
      response.end();
    });
    const events = await collect(
      server.client.pods.watch({ namespace: 'all', resourceVersion: '1', timeoutSeconds: 9 }),
    );
    expect(events.map(({ type, object }) => [type, object.metadata.resourceVersion])).toEqual([
      ['ADDED', '1'],
      ['MODIFIED', '2'],
      ['BOOKMARK', '5'],
      ['DELETED', '6'],
    ]);
    expect(server.seen[0]).toMatchObject({
      path: '/api/v1/pods',
      query: { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '1', timeoutSeconds: '9' },
    });
  });

  it.each([
    ['an expired version', { type: 'ERROR', object: failure(410, 'Expired') }, 'gone'],
    ['an internal error', { type: 'ERROR', object: failure(500, 'InternalError') }, 'internal'],
    ['an unknown event', { type: 'RENAMED', object: {} }, 'protocol'],
    ['something else', { hello: 1 }, 'protocol'],
  ])('raises %s', async (_name, event, code) => {
    await using server = await scriptedServer((_request, response) => {
      send(response, 'ADDED', named('a'));
      response.end(`${JSON.stringify(event)}\n`);
    });
    const seen: WatchEvent<KubernetesObject>[] = [];
    const watching = (async () => {
      for await (const event of server.client.pods.watch()) seen.push(event);
    })();
    await expect(watching).rejects.toMatchObject({ code });
    expect(seen).toHaveLength(1);
  });

  it('raises the refusal of the request itself', async () => {
    await using server = await scriptedServer((_request, response) => {
      response.writeHead(410).end(JSON.stringify(failure(410, 'Expired')));
    });
    await expect(collect(server.client.pods.watch({ resourceVersion: '1' }))).rejects.toMatchObject({
      code: 'gone',
    });
  });

  it('raises `connection` when the stream breaks, and does not try again by itself', async () => {
    await using server = await scriptedServer((_request, response) => {
      send(response, 'ADDED', named('a'));
      response.write('{"type":"MOD', () => response.destroy());
    });
    await expect(collect(server.client.pods.watch())).rejects.toMatchObject({
      code: 'connection',
      retry: 'backoff',
    });
    expect(server.seen).toHaveLength(1);
  });

  it('releases its connection when the loop is left', async () => {
    await using server = await scriptedServer((_request, response) => send(response, 'ADDED', named('a')));
    for await (const event of server.client.pods.watch()) {
      expect(event.type).toBe('ADDED');
      expect(server.sockets.size).toBe(1);
      break;
    }
    await eventually(() => server.sockets.size === 0);
  });

  it('releases its connection when it is aborted while nothing happens', async () => {
    const abort = new AbortController();
    await using server = await scriptedServer((_request, response) => send(response, 'ADDED', named('a')));
    const watching = (async () => {
      for await (const _event of server.client.pods.watch({ signal: abort.signal })) abort.abort('enough');
    })();
    await expect(watching).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
    await eventually(() => server.sockets.size === 0);
  });

  it('leaves the connections of requests alone', async () => {
    await using server = await scriptedServer(
      (request, response) => {
        if (request.query['watch'] === undefined) response.end(JSON.stringify(named('a')));
        else send(response, 'ADDED', named('a'));
      },
      { maxConnections: 1 },
    );
    const first = server.client.pods.watch()[Symbol.asyncIterator]();
    const second = server.client.pods.watch()[Symbol.asyncIterator]();
    await Promise.all([first.next(), second.next()]);
    expect(await server.client.pods.get('a')).toMatchObject({ kind: 'Pod' });
    await Promise.all([first.return?.(), second.return?.()]);
  });

  it('slows the server down while the consumer is busy', async () => {
    const big = { ...named('a'), data: 'x'.repeat(1024 * 1024) };
    let written = 0;
    await using server = await scriptedServer(async (_request, response) => {
      for (; written < 64; written++) {
        if (!response.write(`${JSON.stringify({ type: 'ADDED', object: big })}\n`))
          await once(response, 'drain');
      }
      response.end();
    });
    const events = server.client.pods.watch()[Symbol.asyncIterator]();
    await events.next();
    // The kernel's buffers and ours hold some megabytes; the server cannot be through while nobody reads.
    expect(written).toBeLessThan(64);
    let rest = 1;
    while ((await events.next()).done !== true) rest++;
    expect(rest).toBe(64);
  });
});
