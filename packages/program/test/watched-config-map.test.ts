import { startControlPlane } from '@virtkit/apiserver';
import { silentLogger, type Logger } from '@virtkit/controllers/runtime';
import { connect, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchConfigMap, type WatchConfigMapOptions } from '../src/index.ts';

let stack: AsyncDisposableStack;
let client: Client;
let lines: string[];
const logger: Logger = {
  ...silentLogger,
  warn: (message, fields) => lines.push(`${message} ${JSON.stringify(fields)}`),
};

beforeEach(async () => {
  lines = [];
  stack = new AsyncDisposableStack();
  const plane = stack.use(await startControlPlane({ durability: 'process-crash' }));
  client = stack.use(
    await connect({ server: plane.url, ca: plane.ca, token: plane.token, namespace: 'default' }),
  );
});

afterEach(() => stack.disposeAsync());

const read: WatchConfigMapOptions<number>['read'] = ({ count }) =>
  count !== undefined && /^\d+$/.test(count)
    ? { ok: true, value: Number(count) }
    : { ok: false, problem: 'count is no number' };
const options = { namespace: 'default', name: 'settings', read, logger };
const configMap = (count: string, name = 'settings') =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data: { count },
  }) as const;

describe('a value in a ConfigMap', () => {
  it('is waited for until it is there and good, and follows it', async () => {
    await client.configMaps.create(configMap('99', 'other'));
    const waiting = watchConfigMap(client, options);
    await waitUntil('it says that it waits', () => lines.some((line) => line.includes('not there')));
    await client.configMaps.create(configMap('many'));
    await waitUntil('it says why it waits', () => lines.some((line) => line.includes('no number')));
    await client.configMaps.replace(configMap('1'));
    const value = stack.use(await waiting);
    expect(value.current).toBe(1);

    const seen: number[] = [];
    using _subscription = value.onChange((count) => seen.push(count));
    await client.configMaps.replace(configMap('2'));
    await waitUntil('the change', () => value.current === 2);
    await client.configMaps.replace(configMap('none'));
    await client.configMaps.delete('settings');
    await waitUntil('it is missed', () =>
      lines.some((line) => line.includes('not used yet') && line.includes('not there')),
    );
    expect(value.current).toBe(2);
    await client.configMaps.create(configMap('2'));
    await client.configMaps.replace(configMap('3'));
    await waitUntil('it is back', () => value.current === 3);
    expect(seen).toEqual([2, 3]);
  });

  it('is not waited for any more once told so', async () => {
    const stop = new AbortController();
    const waiting = watchConfigMap(client, { ...options, signal: stop.signal });
    await waitUntil('it waits', () => lines.length > 0);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('is not waited for any more before the server has answered, and nothing is left unheard', async () => {
    // Nobody listens on the discard port; what nobody hears of would fail the run.
    await using silent = await connect({ server: 'http://127.0.0.1:9', namespace: 'default' });
    const stop = new AbortController();
    const waiting = watchConfigMap(silent, { ...options, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow();
  });
});
