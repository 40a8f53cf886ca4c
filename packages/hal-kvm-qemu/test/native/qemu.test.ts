import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@virtkit/testing';
import {
  type CloseReason,
  type Connection,
  type Console,
  type Domain,
  type DomainEvent,
  DOMAIN_EVENT_KINDS,
  type LibvirtError,
  loadBinding,
  Migrate,
  Start,
} from '../../src/native/index.ts';
import { hostCapabilities } from '../../src/node-probe/index.ts';
import { echoDomain, FLOOD_BYTES } from './echo-disk.ts';
import { type DaemonFixture, startDaemon } from './private-daemon-fixture.ts';

let fixture: DaemonFixture;
let connection: Connection;

beforeAll(async () => {
  fixture = await startDaemon();
  connection = await fixture.connect();
});
afterAll(async () => {
  await connection.close();
  await fixture[Symbol.asyncDispose]();
});

const code = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: unknown) => (error as LibvirtError).code,
  );

/** Collects what a console says. */
function listen(console: Console): { text: () => string } {
  let text = '';
  console.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  return { text: () => text };
}

describe('a QEMU guest', { timeout: 180_000 }, () => {
  let domain: Domain;
  const events: DomainEvent[] = [];

  beforeAll(async () => {
    await connection.onDomainEvent(DOMAIN_EVENT_KINDS, (event) => events.push(event));
    domain = await connection.createDomain(echoDomain('echo', fixture.disk), Start.paused);
  });
  afterAll(() => domain[Symbol.dispose]());

  it('starts paused, resumes, and talks over its console in both directions', async () => {
    expect(await domain.state()).toMatchObject({ state: 'paused' });
    // A pty keeps nothing for a late listener, so this one is there before the guest runs.
    const console = await domain.openConsole();
    const { text } = listen(console);
    await domain.resume();
    expect(await domain.state()).toMatchObject({ state: 'running' });
    await waitUntil('the guest is ready', () => text().includes('READY\r\n'));
    console.write('hello');
    await waitUntil('the echo', () => text().includes('hello'));
    console.destroy();
    await waitUntil('the stream is freed', () => loadBinding().liveHandles().streams === 0);
  });

  it('delivers events of both', async () => {
    await waitUntil('the resumed event', () =>
      events.some((e) => e.kind === 'lifecycle' && e.event === 'resumed'),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'lifecycle', event: 'started', detail: 'booted' }),
    );
  });

  it('keeps what nobody reads until somebody does', async () => {
    const console = await domain.openConsole();
    console.write('!');
    await waitUntil('something to read', () => {
      console.read(0);
      return console.readableLength > 0;
    });
    expect(console.readableLength).toBeLessThanOrEqual(2 * 64 * 1024);
    const { text } = listen(console);
    await waitUntil('all of it', () => text().includes('.'), { timeoutMs: 30_000 });
    expect(text()).toHaveLength(FLOOD_BYTES);
    console.destroy();
    await waitUntil('the stream is freed', () => loadBinding().liveHandles().streams === 0);
  });

  it('shows its screen', async () => {
    const { mimeType, data } = await domain.screenshot();
    expect(['image/png', 'image/x-portable-pixmap']).toContain(mimeType);
    expect(data.length).toBeGreaterThan(100);
    expect(await code(domain.screenshot({ maxBytes: 10 }))).toBe('result-too-large');
    expect(await code(domain.screenshot({ screen: 9 }))).toBe('operation-invalid');
  });

  it('has numbers', async () => {
    expect(await domain.info()).toMatchObject({ state: 1, memoryKiB: 32768, vcpus: 1 });
    expect(await domain.block.info('sda')).toMatchObject({ capacity: 1024 * 1024 });
    expect(await domain.block.stats('sda')).toMatchObject({ rd_operations: expect.any(Number) });
    expect((await domain.memoryStats()).rss).toBeGreaterThan(0);
    expect(await domain.stats()).toMatchObject({
      'state.state': 1,
      'vcpu.current': 1,
      'block.0.name': 'sda',
    });
    expect(await domain.migration.jobInfo()).toMatchObject({ type: 0 });
    expect(await domain.block.jobInfo('sda')).toBeUndefined();
  });

  it('answers its monitor, and says that no agent answers', async () => {
    expect(JSON.parse(await domain.guest.monitorCommand('{"execute":"query-status"}'))).toMatchObject({
      return: { running: true },
    });
    expect(await domain.guest.monitorCommand('info status', { human: true })).toContain('running');
    expect(await code(domain.guest.agentCommand('{"execute":"guest-ping"}'))).toBe('agent-unresponsive');
    expect(await code(domain.guest.filesystems())).toBe('agent-unresponsive');
    expect(await code(domain.guest.interfaceAddresses())).toBe('agent-unresponsive');
    expect(await code(domain.guest.freeze())).toBe('agent-unresponsive');
    await domain.sendKeys([28]);
  });

  it('gets and loses devices', async () => {
    const rng =
      "<rng model='virtio'><backend model='random'>/dev/urandom</backend><alias name='ua-rng'/></rng>";
    expect(await code(domain.attachDevice('<nonsense/>'))).not.toBe('no error');
    await domain.attachDevice(rng);
    await waitUntil('the device-added event', () => events.some((e) => e.kind === 'device-added'));
    expect(await domain.xml()).toContain('ua-rng');
  });

  it('refuses a migration to nowhere and leaves the guest running', async () => {
    const destination = 'qemu+unix:///session?socket=/nonexistent/socket';
    const flags = Migrate.live | Migrate.peerToPeer | Migrate.unsafe;
    const refused = await code(
      domain.migration.toUri(destination, { migrate_uri: 'unix:///nonexistent' }, flags),
    );
    expect(['operation-failed', 'system-error']).toContain(refused);
    expect(await domain.state()).toMatchObject({ state: 'running' });
    expect(await code(domain.migration.abortJob())).toBe('operation-invalid');
  });

  it('runs many calls at a time', async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, () => domain.info()));
    expect(answers.every(({ state }) => state === 1)).toBe(true);
  });

  it('ends its console when destroyed', async () => {
    const console = await domain.openConsole();
    console.resume();
    const ended = new Promise((resolve) => console.once('close', resolve));
    await domain.destroy();
    await ended;
    await waitUntil('the stopped event', () =>
      events.some((e) => e.kind === 'lifecycle' && e.event === 'stopped' && e.detail === 'destroyed'),
    );
    expect(await code(domain.info())).toBe('no-domain');
  });
});

describe('the host', () => {
  it('tells machine types, CPU models and devices', async () => {
    const { host, domain } = await hostCapabilities(connection);
    const guest = host.guests.find((one) => one.arch === host.arch);
    expect(guest?.virtTypes).toContain('qemu');
    expect(guest?.machines.map((machine) => machine.name)).toContain('q35');
    expect(domain).toMatchObject({ virtType: 'qemu', arch: host.arch });
    expect(domain.models).toContainEqual(expect.objectContaining({ name: 'qemu64', usable: 'yes' }));
    expect(domain.devices.disk?.bus).toContain('virtio');
  });
});

describe('a daemon that goes away', () => {
  it('is told as connection-lost, and to the close listener', async () => {
    await using other = await startDaemon();
    await using lost = await other.connect();
    let reason: CloseReason | undefined;
    await lost.onClose((why) => (reason = why));
    const pid = await other.daemon.pid();
    process.kill(pid!, 'SIGKILL');
    await waitUntil('the listener is told', () => reason !== undefined);
    expect(reason).toBe('end-of-file');
    expect(await lost.isAlive().catch(() => false)).toBe(false);
    expect(await code(lost.listDomains())).toBe('connection-lost');
  });

  it('does not hold up close when it hangs', async () => {
    await using other = await startDaemon();
    const hanging = await other.connect();
    const pid = await other.daemon.pid();
    process.kill(pid!, 'SIGSTOP');
    const call = code(hanging.listDomains());
    // The daemon must have been asked before close() refuses what has not begun.
    await waitUntil('the call runs', async () =>
      (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(' T '),
    );
    expect(await hanging.close({ waitMs: 100 })).toBe(false);
    expect(await call).toBe('closed');
    process.kill(pid!, 'SIGCONT');
    // Its one running call returns, then the rest of the connection is freed.
    await waitUntil('the connection is freed', () => loadBinding().liveHandles().connections === 1);
  });
});
