import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { waitUntil } from '@virtkit/testing';
import type { ConnectionHandle, DomainHandle, StreamHandle } from '../../src/native/binding.ts';
import { type Connection, Libvirt, type LibvirtError, loadBinding } from '../../src/native/index.ts';

const binding = loadBinding();
const connect = async () => (await Libvirt.load()).connect('test:///default');
const code = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: unknown) => (error as LibvirtError).code,
  );
/** What is open apart from threads, which end some seconds after their last call. */
const open = () => {
  const { threads: _, ...rest } = binding.liveHandles();
  return Object.values(rest).reduce((sum, one) => sum + one, 0);
};

/** Collects garbage until `condition` holds; the test runs with --expose-gc. */
async function collectUntil(what: string, condition: () => boolean): Promise<void> {
  await waitUntil(what, async () => {
    globalThis.gc!();
    await new Promise((resolve) => setImmediate(resolve));
    return condition();
  });
}

afterEach(() => collectUntil('nothing is left open', () => open() === 0));

describe('close', () => {
  it('lets calls in flight finish and refuses those that have not begun', async () => {
    const connection = await (await Libvirt.load()).connect('test:///default', { maxCalls: 1 });
    const domain = await connection.domainByName('test');
    // A call that lasts as long as the test wants: nobody reads the pipe into which it writes.
    const folder = await mkdtemp(join(tmpdir(), 'virtkit-lifetime-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    const calls = [code(domain.info()), code(domain.coreDump(pipe, 0, 0))];
    await calls[0];
    calls.push(...Array.from({ length: 100 }, () => code(domain.info())));
    const closed = connection.close();
    await readFile(pipe);
    expect(await closed).toBe(true);
    expect(await Promise.all(calls)).toEqual(['no error', 'no error', ...Array(100).fill('closed')]);
  });

  it('may be repeated, also at the same time', async () => {
    const connection = await connect();
    expect(await Promise.all([connection.close(), connection.close()])).toEqual([true, true]);
    expect(await connection.close()).toBe(true);
  });

  it('makes everything of the connection closed', async () => {
    const connection = await connect();
    const domain = await connection.domainByName('test');
    await connection.onDomainEvent(['lifecycle'], () => undefined);
    await connection.close();
    expect(open()).toBe(0);
    expect(await code(domain.info())).toBe('closed');
    expect(await code(connection.nodeInfo())).toBe('closed');
    expect(await code(connection.onDomainEvent(['reboot'], () => undefined))).toBe('closed');
    domain[Symbol.dispose]();
  });

  it('comes with the end of a scope', async () => {
    let outer: Connection;
    {
      await using connection = await connect();
      outer = connection;
    }
    expect(await code(outer.isAlive())).toBe('closed');
  });
});

describe('garbage collection', () => {
  it('frees a connection and its domains that nobody closed', async () => {
    const lose = async () => {
      const connection = await connect();
      await connection.listDomains();
    };
    for (let i = 0; i < 20; i++) await lose();
    await collectUntil('connections are freed', () => open() === 0);
  });

  it('keeps a subscribed connection', async () => {
    const events: unknown[] = [];
    const subscribe = async () => {
      const connection = await connect();
      const subscription = await connection.onDomainEvent(['lifecycle'], (event) => events.push(event));
      return { subscription, domain: await connection.domainByName('test') };
    };
    const { subscription, domain } = await subscribe();
    globalThis.gc!();
    await domain.suspend();
    await waitUntil('the event arrives', () => events.length === 1);
    await subscription.unsubscribe();
  });

  it('frees a domain at once when disposed, and only once', async () => {
    await using connection = await connect();
    const domain = await connection.domainByName('test');
    expect(binding.liveHandles().domains).toBe(1);
    domain[Symbol.dispose]();
    domain[Symbol.dispose]();
    expect(binding.liveHandles().domains).toBe(0);
    expect(await code(domain.info())).toBe('closed');
  });

  it('leaks nothing over thousands of calls', async () => {
    await using connection = await connect();
    const round = async (calls: number) => {
      for (let i = 0; i < calls; i += 100) {
        await Promise.all(
          Array.from({ length: 100 }, async () => {
            using domain = await connection.domainByName('test');
            await domain.xml();
            await code(connection.domainByName('nobody'));
          }),
        );
      }
      globalThis.gc!();
      return process.memoryUsage.rss();
    };
    await round(2000);
    const before = await round(1000);
    const after = await round(5000);
    expect(binding.liveHandles()).toMatchObject({ connections: 1, domains: 0, calls: 0 });
    // 5000 rounds of a description of 2 KB would be at least 10 MB if kept.
    expect(after - before).toBeLessThan(8 * 1024 * 1024);
  });
});

describe('handles of another kind', () => {
  const wrong: [string, unknown][] = [
    ['undefined', undefined],
    ['a number', 7],
    ['an empty object', {}],
    ['null', null],
    ['a proxy', new Proxy({}, {})],
  ];

  it.each(wrong)('are refused: %s', async (_, value) => {
    // The type system would refuse these; a caller without it must not be able to crash the process.
    const handle = value as never;
    expect(await code(binding.connectGetType(handle))).toBe('invalid-handle');
    expect(await code(binding.domainGetInfo(handle))).toBe('invalid-handle');
    expect(await code(binding.streamRead(handle))).toBe('invalid-handle');
    expect(() => binding.domainFree(handle)).toThrow(expect.objectContaining({ code: 'invalid-handle' }));
  });

  it('are refused: of this addon', async () => {
    const connection = await binding.connectOpen('test:///default', false, 1);
    const domain = (await binding.domainLookupByName(connection, 'test')).handle;
    const asDomain: unknown = connection;
    const asOther: unknown = domain;
    expect(await code(binding.domainGetInfo(asDomain as DomainHandle))).toBe('invalid-handle');
    expect(await code(binding.connectGetType(asOther as ConnectionHandle))).toBe('invalid-handle');
    expect(await code(binding.streamRead(asOther as StreamHandle))).toBe('invalid-handle');
    await binding.connectClose(connection);
  });
});
