import { duplexPair, type Duplex } from 'node:stream';
import { once } from 'node:events';
import type { AdmissionRequest, Reviewer } from '@virtkit/admission';
import { ManualClock, silentLogger } from '@virtkit/controllers/runtime';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import { ApiError } from '@virtkit/sdk';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { connectionMetrics, type ConnectionObserver } from '../src/subresources/connection-metrics.ts';
import { GoneInstances, lookEveryMs } from '../src/subresources/gone-instances.ts';
import { countingReviewer } from '../src/webhooks/counting-reviewer.ts';

const web = { namespace: 'default', name: 'web' };

describe('connectionMetrics', () => {
  const value = async (registry: Registry, name: string): Promise<number | undefined> => {
    const start = `${name}{namespace="default",vmi="web"} `;
    const line = (await registry.metrics()).split('\n').find((text) => text.startsWith(start));
    return line === undefined ? undefined : Number(line.slice(start.length));
  };

  it.each([
    ['portforward', 'kubevirt_portforward_active_tunnels'],
    ['vnc', 'kubevirt_vnc_active_connections'],
    ['console', 'kubevirt_console_active_connections'],
    ['usbredir', 'kubevirt_usbredir_active_connections'],
  ])('counts %s while it is open, and remembers when it ended', async (stream, name) => {
    const registry = new Registry();
    const metrics = connectionMetrics(registry);
    const sockets = [duplexPair()[0], duplexPair()[0]];
    for (const socket of sockets) {
      metrics.asked(stream, web, socket);
      metrics.accepted(stream, web, socket);
    }
    expect(await value(registry, name)).toBe(2);
    const last = 'kubevirt_vmi_last_api_connection_timestamp_seconds';
    expect(await value(registry, last)).toBeUndefined();
    for (const [index, socket] of sockets.entries()) {
      const closed = once(socket, 'close');
      socket.destroy();
      await closed;
      expect(await value(registry, name)).toBe(1 - index);
    }
    expect(await value(registry, last)).toBeCloseTo(Date.now() / 1000, -2);
  });

  it('remembers requests that were refused, and counts nothing else', async () => {
    const registry = new Registry();
    const metrics = connectionMetrics(registry);
    const [refused, other] = [duplexPair()[0], duplexPair()[0]];
    metrics.asked('vnc', web, refused);
    metrics.asked('vsock', { ...web, name: 'other' }, other);
    const closed = Promise.all([once(refused, 'close'), once(other, 'close')]);
    refused.destroy();
    other.destroy();
    await closed;
    expect(await value(registry, 'kubevirt_vmi_last_api_connection_timestamp_seconds')).toBeGreaterThan(0);
    expect(await value(registry, 'kubevirt_vnc_active_connections')).toBeUndefined();
    expect(await registry.metrics()).not.toContain('other');
  });
});

describe('instances that are gone', () => {
  const names = async (registry: Registry): Promise<string[]> => [
    ...new Set((await registry.metrics()).match(/(?<=vmi=")[^"]+/g) ?? []),
  ];
  const connect = (metrics: ConnectionObserver, name: string): Duplex => {
    const [socket] = duplexPair();
    metrics.asked('vnc', { ...web, name }, socket);
    metrics.accepted('vnc', { ...web, name }, socket);
    return socket;
  };
  const close = async (socket: Duplex): Promise<void> => {
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
  };

  it('are not told of any more, however many there were', async () => {
    const registry = new Registry();
    const metrics = connectionMetrics(registry);
    const clock = new ManualClock();
    const present = new Set<string>();
    const asked: string[] = [];
    let failure: ApiError | undefined;
    const get = async (name: string): Promise<VirtualMachineInstance> => {
      asked.push(name);
      if (failure !== undefined) throw failure;
      if (!present.has(name)) throw new ApiError('not-found', name);
      return { metadata: { name } } as VirtualMachineInstance;
    };
    await using _gone = new GoneInstances({
      metrics,
      client: async () => ({ virtualMachineInstances: { get } }),
      clock,
      logger: silentLogger,
    });
    await clock.advance(lookEveryMs);
    expect(asked).toEqual([]);

    for (let index = 0; index < 100; index++) await close(connect(metrics, `vm-${index}`));
    const open = connect(metrics, 'open');
    present.add('vm-7');
    expect(await names(registry)).toHaveLength(101);

    failure = new ApiError('unavailable', 'later');
    await clock.advance(lookEveryMs);
    expect(await names(registry)).toHaveLength(101);
    failure = undefined;
    await clock.advance(lookEveryMs);
    expect((await names(registry)).toSorted()).toEqual(['open', 'vm-7']);

    // Nobody asks for it while somebody is connected; its end is told once more.
    expect(asked).not.toContain('open');
    await close(open);
    expect(await registry.metrics()).toMatch(/last_api_connection_timestamp_seconds\{[^}]*vmi="open"\}/);
    present.delete('vm-7');
    await clock.advance(lookEveryMs);
    expect(await names(registry)).toEqual([]);
  });
});

describe('countingReviewer', () => {
  const machines = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachines' };
  const request: AdmissionRequest = {
    operation: 'CREATE',
    resource: machines,
    namespace: 'default',
    user: { name: 'jane' },
    object: {},
  };

  it.each<[string, Partial<AdmissionRequest>, boolean, string[]]>([
    ['a machine', {}, true, ['default']],
    ['a machine that is refused', {}, false, []],
    ['a machine that is only tried', { dryRun: true }, true, []],
    ['a change', { operation: 'UPDATE' }, true, []],
    ['a subresource', { subresource: 'status' }, true, []],
    ['an instance', { resource: { ...machines, plural: 'virtualmachineinstances' } }, true, []],
  ])('%s', async (_name, change, allowed, expected) => {
    const verdict = async () => ({ allowed, patch: [], warnings: [] });
    const reviewer: Reviewer = { mutate: verdict, validate: verdict };
    const created: string[] = [];
    const counting = countingReviewer(reviewer, (namespace) => created.push(namespace));
    await counting.mutate({ ...request, ...change });
    expect((await counting.validate({ ...request, ...change })).allowed).toBe(allowed);
    expect(created).toEqual(expected);
  });
});
