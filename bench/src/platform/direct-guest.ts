import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineSpec } from '@virtkit/hal';
import { probeKvm, renderDomain } from '@virtkit/hal-kvm-qemu';
import { PrivateDaemon } from '../../../packages/hal-kvm-qemu/src/daemon/private-daemon.ts';
import { prepareDisks } from '../../../packages/hal-kvm-qemu/src/images/disk-files.ts';
import { Libvirt, type Connection } from '../../../packages/hal-kvm-qemu/src/native/index.ts';
import { giveFilesTo, makeFolder } from '../../../packages/hal-kvm-qemu/src/ownership.ts';
import { guestDisk } from './checkout.ts';
import { guestUser } from './guest-user.ts';
import { scratchFolder } from './scratch-folder.ts';

/** A guest's start straight through libvirt, without a platform: what `virsh create --console` does. */
export interface DirectGuests extends AsyncDisposable {
  /** The domain that starts, as XML. */
  readonly xml: string;
  /**
   * Creates the domain, reads its console, destroys it.
   * @returns milliseconds from the request to the first byte, and the first text
   */
  firstConsoleByte(signal: AbortSignal): Promise<{ ms: number; text: string }>;
}

/**
 * Prepares starts of the machine that a platform's launcher defined: the same domain, with this host's paths instead of the
 * Pod's, and user-mode networking, because a tap is not for the unprivileged. Daemon, capability probe and disk overlay are
 * there before the clock starts.
 */
export async function prepareDirectGuests(platformSpec: MachineSpec): Promise<DirectGuests> {
  await using cleanUp = new AsyncDisposableStack();
  const { path } = cleanUp.use(await scratchFolder());
  const user = guestUser();
  const runDir = join(path, 'r');
  const daemon = new PrivateDaemon({ stateDir: join(path, 's'), runDir, idleSeconds: 300, ...user });
  cleanUp.defer(() => daemon.stop());
  await daemon.ensureRunning();
  const connection = cleanUp.use(await (await Libvirt.load()).connect(daemon.uri));
  await connection.domainCapabilities({ virtType: 'qemu' });

  const folder = join(path, 'm');
  await mkdir(folder);
  const spec = await forThisHost(platformSpec);
  const diskFiles = await prepareDisks(spec, folder);
  if (user.runAs !== undefined) {
    await makeFolder(folder, user.runAs);
    await giveFilesTo(folder, user.runAs);
    await chmod(folder, 0o755);
  }
  const kvm = await probeKvm();
  const xml = renderDomain(spec, {
    virtType: kvm.state === 'usable' ? 'kvm' : 'qemu',
    emulator: '/usr/bin/qemu-system-x86_64',
    diskFiles,
    serialLog: join(folder, 'serial0.log'),
    vncSocket: join(runDir, 'vnc'),
    agentSocket: join(runDir, 'agent'),
  });
  const owned = cleanUp.move();
  return {
    xml,
    firstConsoleByte: (signal) => start(connection, xml, signal),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function start(
  connection: Connection,
  xml: string,
  signal: AbortSignal,
): Promise<{ ms: number; text: string }> {
  const begin = performance.now();
  using domain = await connection.createDomain(xml, 0, { signal });
  try {
    const stream = await domain.openConsole(undefined, 0, { signal });
    const text = await firstText(stream, signal);
    const ms = performance.now() - begin;
    stream.destroy();
    return { ms, text };
  } finally {
    await domain.destroy();
  }
}

/** What a stream says first. @throws what ends it before, and the signal's reason */
export async function firstText(stream: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const gone = (): void => reject(new Error('the console ended before the guest wrote anything'));
  const aborted = (): void => reject(signal.reason as Error);
  stream.once('data', (chunk: Uint8Array) => resolve(Buffer.from(chunk).toString('latin1')));
  stream.once('error', reject);
  stream.once('close', gone);
  signal.addEventListener('abort', aborted, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', aborted);
    stream.removeListener('close', gone);
  }
}

/** The spec with the guest's disk and a network that this host has. */
async function forThisHost(spec: MachineSpec): Promise<MachineSpec> {
  const image = await guestDisk();
  return {
    ...spec,
    disks: spec.disks.map((disk) =>
      disk.source.kind === 'ephemeral' ? { ...disk, source: { ...disk.source, path: image } } : disk,
    ),
    // libvirt sets no MTU on a user-mode network.
    interfaces: spec.interfaces.map(({ mtu: _mtu, ...nic }) => ({
      ...nic,
      backend: { kind: 'user', forwards: [] },
    })),
  };
}
