import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@virtkit/testing';
import {
  Affect,
  type Connection,
  Define,
  type Domain,
  type DomainEvent,
  Libvirt,
  LibvirtError,
  ListDomains,
  StatsGroup,
} from '../../src/native/index.ts';

/** libvirt's built-in driver: a hypervisor that only pretends, with one running domain named `test`. */
let connection: Connection;
let domain: Domain;

beforeAll(async () => {
  connection = await (await Libvirt.load()).connect('test:///default');
  domain = await connection.domainByName('test');
});
afterAll(() => connection.close());

const code = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: unknown) => (error instanceof LibvirtError ? error.code : error),
  );

describe('connection', () => {
  it('tells who it is', async () => {
    expect(await connection.type()).toBe('TEST');
    expect(await connection.uri()).toBe('test:///default');
    expect(await connection.isAlive()).toBe(true);
    expect(await connection.libraryVersion()).toBeGreaterThanOrEqual(9_000_000);
    expect(await connection.hypervisorVersion()).toBe(2);
    expect(await connection.hostname()).not.toBe('');
    expect(await code(connection.setKeepAlive(5, 3))).toBe('no-support');
  });

  it('describes the host', async () => {
    expect(await connection.capabilities()).toContain('<capabilities>');
    expect(await connection.nodeInfo()).toMatchObject({
      model: 'i686',
      memoryKiB: 3145728,
      cpus: 16,
      threads: 2,
    });
  });

  it('finds domains', async () => {
    expect(domain.identity).toMatchObject({ name: 'test', id: 1 });
    expect((await connection.domainByUuid(domain.uuid)).name).toBe('test');
    expect((await connection.listDomains()).map((one) => one.name)).toEqual(['test']);
    expect(await connection.listDomains(ListDomains.inactive)).toEqual([]);
    const [first] = await connection.allDomainStats(StatsGroup.state);
    expect(first).toMatchObject({ domain: { name: 'test' }, stats: { 'state.state': 1 } });
  });

  it('says when nobody listens', async () => {
    const libvirt = await Libvirt.load();
    expect(await code(libvirt.connect('qemu+unix:///system?socket=/nonexistent/socket'))).toBe(
      'system-error',
    );
  });

  it('delivers what happens, in order, until unsubscribed', async () => {
    const events: DomainEvent[] = [];
    const subscription = await connection.onDomainEvent(['lifecycle'], (event) => events.push(event));
    await domain.suspend();
    await domain.resume();
    await waitUntil('two events', () => events.length >= 2);
    expect(events).toMatchObject([
      { kind: 'lifecycle', event: 'suspended', detail: 'paused', domain: { name: 'test' } },
      { kind: 'lifecycle', event: 'resumed', detail: 'unpaused' },
    ]);
    await subscription.unsubscribe();
    await domain.suspend();
    await domain.resume();
    expect(events).toHaveLength(2);
    await subscription.unsubscribe();
  });
});

describe('domain', () => {
  const xml =
    "<domain type='test'><name>other</name><memory>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>";

  it('goes through its life', async () => {
    using other = await connection.defineDomain(xml, Define.validate);
    expect(await other.isPersistent()).toBe(true);
    expect(await other.state()).toEqual({ state: 'shutoff', reason: 'unknown' });
    await other.create();
    expect(await other.state()).toMatchObject({ state: 'running' });
    expect(await other.info()).toMatchObject({ state: 1, memoryKiB: 65536, vcpus: 1 });
    await other.suspend();
    expect(await other.state()).toEqual({ state: 'paused', reason: 'user' });
    await other.resume();
    expect(await other.xml()).toContain('<name>other</name>');
    await other.destroy();
    expect(await other.state()).toEqual({ state: 'shutoff', reason: 'destroyed' });
    await other.undefine();
    expect(await code(other.info())).toBe('no-domain');
  });

  it('lives once when transient', async () => {
    using other = await connection.createDomain(xml);
    expect(await other.isPersistent()).toBe(false);
    await other.destroy();
    expect(await code(connection.domainByName('other'))).toBe('no-domain');
  });

  it('carries metadata of its owner', async () => {
    const uri = 'http://example.org/owner';
    expect(await code(domain.metadata(uri))).toBe('no-metadata');
    await domain.setMetadata({ uri, key: 'o', xml: '<owner id="7"/>' }, Affect.live);
    expect(await domain.metadata(uri, Affect.live)).toBe('<owner id="7"/>');
    await domain.setMetadata({ uri, key: 'o', xml: undefined }, Affect.live);
    expect(await code(domain.metadata(uri, Affect.live))).toBe('no-metadata');
  });

  it('gives statistics as plain objects', async () => {
    expect(await domain.stats(StatsGroup.state)).toMatchObject({ 'state.state': 1 });
    expect(await code(domain.guest.info())).toBe('no-support');
  });

  it.each([
    ['a name that nobody has', () => connection.domainByName('nobody'), 'no-domain', 'on-change', 42],
    ['something that is no UUID', () => connection.domainByUuid('x'), 'invalid-argument', 'never', 8],
    ['XML that is none', () => connection.defineDomain('<domain'), 'invalid-xml', 'never', 35],
    ['resuming what runs', () => domain.resume(), 'internal-error', 'backoff', 1],
    ['a call that the driver lacks', () => domain.migration.abortJob(), 'no-support', 'never', 3],
  ])('answers %s with a typed error', async (_, call, expected, retry, libvirtCode) => {
    const error: unknown = await call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(LibvirtError);
    expect(error).toMatchObject({ code: expected, retry, libvirtCode });
  });

  it('refuses arguments that C would misread', async () => {
    expect(await code(connection.domainByName('te\0st'))).toBe('invalid-argument');
    expect(await code(domain.setVcpus(-1))).toBe('invalid-argument');
    expect(await code(domain.setVcpus(1.5))).toBe('invalid-argument');
    expect(await code(domain.sendKeys([]))).toBe('invalid-argument');
    expect(await code(domain.migration.setMaxSpeed(2 ** 60))).toBe('invalid-argument');
  });

  it('stops waiting when aborted', async () => {
    const reason = new Error('enough');
    await expect(domain.info({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const later = new AbortController();
    const call = domain.info({ signal: later.signal });
    later.abort(reason);
    await expect(call).rejects.toBe(reason);
  });
});
