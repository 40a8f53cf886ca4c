import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '@virtkit/controllers/runtime';
import { waitUntil } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DevicePlugins } from '../../src/device-plugins/device-plugins.ts';
import { Kubelet } from './kubelet.ts';

const [tun, kvm, net] = ['tun', 'kvm', 'vhost-net'].map((name) => `devices.kubevirt.io/${name}`) as [
  string,
  string,
  string,
];

let folder: string;
let deviceRoot: string;
let logs: string[];
let stack: AsyncDisposableStack;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'dp-'));
  folder = join(root, 'plugins');
  deviceRoot = join(root, 'root');
  mkdirSync(folder);
  mkdirSync(join(deviceRoot, 'dev'), { recursive: true });
  logs = [];
  stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(root, { recursive: true }));
});
afterEach(() => stack.disposeAsync());

function start(tunPath = '/dev/net/tun'): { plugins: DevicePlugins; stop: () => Promise<void> } {
  const log = (message: string, fields: object = {}) =>
    void logs.push(`${message} ${JSON.stringify(fields)}`);
  const plugins = new DevicePlugins({
    folder,
    deviceRoot,
    devices: [
      { name: 'tun', path: tunPath, count: 3 },
      { name: 'kvm', path: '/dev/kvm', count: 0 },
      { name: 'vhost-net', path: '/dev/vhost-net', count: 3 },
    ],
    clock: systemClock,
    logger: { debug: log, info: log, warn: log, error: log },
  });
  const abort = new AbortController();
  const running = plugins.run(abort.signal);
  const stop = async (): Promise<void> => {
    abort.abort();
    await running;
  };
  stack.defer(stop);
  return { plugins, stop };
}

const startKubelet = async (): Promise<Kubelet> => stack.use(await Kubelet.start(folder));

describe('device plugins', () => {
  it('are registered and tell their devices', async () => {
    const kubelet = await startKubelet();
    const { plugins } = start();
    await plugins.untilReady();
    expect(plugins.isReady).toBe(true);
    expect(kubelet.registrations.toSorted((a, b) => a.endpoint.localeCompare(b.endpoint))).toEqual(
      ['kvm', 'tun', 'vhost-net'].map((name) => ({
        version: 'v1beta1',
        endpoint: `kubevirt-${name}.sock`,
        resourceName: `devices.kubevirt.io/${name}`,
        options: { preStartRequired: false, getPreferredAllocationAvailable: false },
      })),
    );
    await waitUntil('devices', () => kubelet.devices.size === 3);
    // Nothing is there to hand out, and of a device that is of no use nobody is told.
    expect(kubelet.capacity(net)).toEqual({ allocatable: 0, capacity: 3 });
    expect(kubelet.capacity(kvm)).toEqual({ allocatable: 0, capacity: 0 });
    expect(new Set(kubelet.devices.get(tun)?.map(({ ID }) => ID)).size).toBe(3);
  });

  it('follow the device', async () => {
    const kubelet = await startKubelet();
    // The folder of devices that every machine has, and one of them, under the name that is looked for.
    symlinkSync('/dev/pts', join(deviceRoot, 'dev', 'net'));
    const { plugins } = start('/dev/net/ptmx');
    await plugins.untilReady();
    await waitUntil('a healthy device', () => kubelet.capacity(tun)?.allocatable === 3);
    rmSync(join(deviceRoot, 'dev', 'net'));
    await waitUntil('no healthy device', () => kubelet.capacity(tun)?.allocatable === 0);
    symlinkSync('/dev/pts', join(deviceRoot, 'dev', 'net'));
    await waitUntil('a healthy device again', () => kubelet.capacity(tun)?.allocatable === 3);
    expect(kubelet.registrations).toHaveLength(3);
  });

  it('give each container its device file', async () => {
    const kubelet = await startKubelet();
    await start().plugins.untilReady();
    const device = { containerPath: '/dev/net/tun', hostPath: '/dev/net/tun', permissions: 'rw' };
    expect(await kubelet.allocate(tun, [['tun0'], ['tun1']])).toEqual({
      containerResponses: [{ devices: [device] }, { devices: [device] }],
    });
  });

  it('wait for the kubelet, and for one that takes them', async () => {
    const { plugins } = start();
    expect(plugins.isReady).toBe(false);
    const kubelet = await startKubelet();
    kubelet.refusal = 'not now';
    await waitUntil('a failure', () => logs.some((line) => line.includes('not now')));
    expect(plugins.isReady).toBe(false);
    kubelet.refusal = undefined;
    await plugins.untilReady();
    expect(kubelet.registrations).toHaveLength(3);
  });

  it('are registered again with a kubelet that was started again', async () => {
    const first = await startKubelet();
    const { plugins } = start();
    await plugins.untilReady();
    await first[Symbol.asyncDispose]();
    // As a kubelet does when it starts.
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    const second = await startKubelet();
    await waitUntil('all plugins', () => second.devices.size === 3);
    expect(second.registrations).toHaveLength(3);
    expect(plugins.isReady).toBe(true);
  });

  it('are served anew when somebody takes a socket away', async () => {
    const kubelet = await startKubelet();
    await start().plugins.untilReady();
    rmSync(join(folder, 'kubevirt-tun.sock'));
    await waitUntil('the plugin again', () => kubelet.registrations.length === 4);
    expect(kubelet.registrations.at(-1)?.resourceName).toBe(tun);
    await kubelet.allocate(tun, [['tun0']]);
  });

  it('take the place of sockets that an earlier run left, and leave none', async () => {
    writeFileSync(join(folder, 'kubevirt-tun.sock'), '');
    const kubelet = await startKubelet();
    const { plugins, stop } = start();
    await plugins.untilReady();
    await waitUntil('devices', () => kubelet.devices.size === 3);
    await stop();
    expect(readdirSync(folder)).toEqual(['kubelet.sock']);
    await waitUntil('no devices', () => kubelet.devices.size === 0);
  });

  it('can be looked after for months', async () => {
    let looks = 0;
    const restless: Clock = {
      ...systemClock,
      schedule(callback) {
        looks += 1;
        const handle = setImmediate(callback);
        const cancel = (): void => clearImmediate(handle);
        return { cancel, [Symbol.dispose]: cancel };
      },
    };
    const silent = () => undefined;
    const logger = { debug: silent, info: silent, warn: silent, error: silent };
    const plugins = new DevicePlugins({ folder, deviceRoot, devices: [], clock: restless, logger });
    const abort = new AbortController();
    const running = plugins.run(abort.signal);
    const memoryAfter = async (count: number): Promise<number> => {
      await waitUntil(`${count} looks`, () => looks >= count);
      globalThis.gc!();
      return process.memoryUsage().heapUsed;
    };
    const early = await memoryAfter(10_000);
    const late = await memoryAfter(60_000);
    abort.abort();
    await running;
    // What each look leaves behind, in bytes; a single object would be more.
    expect((late - early) / 50_000).toBeLessThan(64);
  });
});
