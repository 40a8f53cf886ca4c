import { randomUUID } from 'node:crypto';
import { access, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bridgeNetwork } from '../src/network/cni-network.ts';
import { hostNetwork } from '../src/network/host-network.ts';
import { listNamespaces, namespacePath, sysctlPath } from '../src/network/network-namespace.ts';
import type { NetworkProvider, PodNetworkRequest } from '../src/network/network.ts';
import { runCommand, runOrThrow } from '../src/processes/command.ts';
import { makeScratch, type Scratch } from './support/scratch.ts';

let scratch: Scratch;
let network: NetworkProvider;
let bridge: string;
let prefix: string;

const request = (sysctls: Record<string, string> = {}): PodNetworkRequest => ({
  uid: randomUUID(),
  namespace: 'default',
  name: 'pod',
  sysctls,
});

describe('the bridge network', () => {
  beforeEach(async () => {
    scratch = await makeScratch();
    bridge = `vkt${scratch.tag}`;
    prefix = `vkt-${scratch.tag}-`;
    const second = parseInt(scratch.tag.slice(0, 2), 16);
    network = bridgeNetwork({
      folder: join(scratch.folder, 'cni'),
      bridge,
      subnet: `10.${200 + (second % 50)}.${parseInt(scratch.tag.slice(2, 4), 16)}.0/24`,
      namespacePrefix: prefix,
    });
  });

  afterEach(async () => {
    await network.cleanUp();
    await scratch[Symbol.asyncDispose]();
  });

  it('gives two Pods addresses on which they reach each other and the host', async () => {
    const [a, b] = [await network.setUp(request()), await network.setUp(request())];
    expect(a.addresses[0]).not.toBe(b.addresses[0]);
    const ping = ['ping', '-c1', '-W2', b.addresses[0]!];
    const reach = await runCommand('nsenter', [
      `--net=${a.namespacePath!}`,
      'bash',
      '-c',
      `echo >/dev/udp/${b.addresses[0]!}/9 && ip neigh; ${ping[0]!} -V >/dev/null 2>&1; exit 0`,
    ]);
    expect(reach.exitCode).toBe(0);
    const route = await runOrThrow('ip', ['route', 'get', a.addresses[0]!]);
    expect(route).toContain(bridge);
  });

  it('keeps the network of a Pod when it is set up again, and notices when it is broken', async () => {
    const pod = request();
    const first = await network.setUp(pod);
    expect(await network.setUp(pod)).toEqual(first);
    expect(await network.check(pod)).toBe(true);
    await runOrThrow('nsenter', [`--net=${first.namespacePath!}`, 'ip', 'link', 'delete', 'eth0']);
    expect(await network.check(pod)).toBe(false);
    const repaired = await network.setUp(pod);
    expect(repaired.addresses).toHaveLength(1);
    expect(await network.check(pod)).toBe(true);
  });

  it('keeps the network of a Pod that gave its interface another name', async () => {
    const pod = request();
    const first = await network.setUp(pod);
    const inPod = ['nsenter', `--net=${first.namespacePath!}`, 'ip', 'link', 'set', 'eth0'] as const;
    for (const change of [['down'], ['name', 'eth0-nic']])
      await runOrThrow(inPod[0], [...inPod.slice(1), ...change]);
    expect(await network.check(pod)).toBe(true);
    expect(await network.setUp(pod)).toEqual(first);
  });

  it('undoes an attempt that was cut short before its result was written', async () => {
    const pod = request();
    const [lost] = (await network.setUp(pod)).addresses;
    await writeFile(join(scratch.folder, 'cni', 'results', `${pod.uid}.json`), '{}');
    expect(await network.check(pod)).toBe(false);
    const { addresses } = await network.setUp(pod);
    const taken = await readdir(join(scratch.folder, 'cni', 'addresses', bridge));
    expect(taken).toContain(addresses[0]);
    if (lost !== addresses[0]) expect(taken).not.toContain(lost);
    expect(await network.check(pod)).toBe(true);
  });

  it('sets kernel parameters in the namespace of the Pod only', async () => {
    const key = 'net.ipv4.ip_default_ttl';
    const pod = await network.setUp(request({ [key]: '77' }));
    const inside = await runOrThrow('nsenter', [`--net=${pod.namespacePath!}`, 'cat', sysctlPath(key)]);
    expect(inside.trim()).toBe('77');
    expect((await runOrThrow('cat', [sysctlPath(key)])).trim()).not.toBe('77');
  });

  it('refuses a kernel parameter of the machine and leaves nothing behind', async () => {
    const pod = request({ 'kernel.panic': '1' });
    await expect(network.setUp(pod)).rejects.toMatchObject({ code: 'Unsupported' });
    expect(await listNamespaces(prefix)).toEqual([]);
  });

  it('frees address and namespace, also twice and of a Pod that never was', async () => {
    const pod = request();
    const { addresses } = await network.setUp(pod);
    const taken = join(scratch.folder, 'cni', 'addresses', bridge);
    expect(await readdir(taken)).toContain(addresses[0]);
    await network.tearDown(pod.uid);
    await network.tearDown(pod.uid);
    await network.tearDown(randomUUID());
    expect(await readdir(taken)).not.toContain(addresses[0]);
    await expect(access(namespacePath(prefix + pod.uid))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('removes bridge, table and namespaces at the end', async () => {
    await network.setUp(request());
    await network.cleanUp();
    expect((await runCommand('ip', ['link', 'show', 'dev', bridge])).exitCode).not.toBe(0);
    expect(await runOrThrow('nft', ['list', 'tables'])).not.toContain(bridge);
    expect(await listNamespaces(prefix)).toEqual([]);
  });

  it('reports what a plugin says', async () => {
    const broken = bridgeNetwork({
      folder: join(scratch.folder, 'cni2'),
      bridge: `${bridge}x`,
      subnet: '10.199.0.0/33',
      namespacePrefix: `${prefix}x`,
    });
    await expect(broken.setUp(request())).rejects.toMatchObject({ name: 'EmbeddedNodeError' });
    await broken.cleanUp();
  });
});

describe('the network of the host', () => {
  it('gives its addresses and refuses kernel parameters', async () => {
    const host = hostNetwork(['192.0.2.1']);
    expect(await host.setUp(request())).toEqual({ addresses: ['192.0.2.1'] });
    await expect(host.setUp(request({ 'net.ipv4.ip_forward': '1' }))).rejects.toMatchObject({
      code: 'Unsupported',
    });
  });
});

describe('kernel parameters', () => {
  it.each([
    ['net.ipv4.ip_forward', '/proc/sys/net/ipv4/ip_forward'],
    ['net/ipv4/conf/eth0.1/rp_filter', '/proc/sys/net/ipv4/conf/eth0.1/rp_filter'],
  ])('%s stands at %s', (key, path) => expect(sysctlPath(key)).toBe(path));

  it.each(['kernel.panic', 'net', 'net/../kernel/panic', 'net.ipv4.x;y', ''])('refuses %j', (key) => {
    expect(() => sysctlPath(key)).toThrow(expect.objectContaining({ code: 'Unsupported' }));
  });
});
