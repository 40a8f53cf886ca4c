import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateDaemon } from '../../src/daemon/private-daemon.ts';
import { type Connection, Libvirt, ListDomains } from '../../src/native/index.ts';
import { echoDisk } from './echo-disk.ts';

/** The user that QEMU runs as when the tests run as root: libvirt's session mode is for other users. */
const NOBODY = { uid: 65534, gid: 65534 };

/** A libvirtd of our own with a bootable disk. Everything goes away with it. */
export interface DaemonFixture extends AsyncDisposable {
  readonly daemon: PrivateDaemon;
  readonly disk: string;
  connect(): Promise<Connection>;
}

/** Starts the daemon. @throws when libvirtd or QEMU are not installed, naming the packages */
export async function startDaemon(): Promise<DaemonFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'vk-native-'));
  await chmod(folder, 0o755);
  const disk = join(folder, 'echo.img');
  await writeFile(disk, echoDisk());
  await chmod(disk, 0o666);
  const daemon = new PrivateDaemon({
    stateDir: join(folder, 's'),
    runDir: join(folder, 'r'),
    idleSeconds: 5,
    ...(process.getuid?.() === 0 ? { runAs: NOBODY } : {}),
  });
  await daemon.ensureRunning();
  return {
    daemon,
    disk,
    connect: async () => (await Libvirt.load()).connect(daemon.uri),
    async [Symbol.asyncDispose]() {
      await destroyAll(daemon);
      await daemon.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function destroyAll(daemon: PrivateDaemon): Promise<void> {
  await daemon.ensureRunning();
  await using connection = await (await Libvirt.load()).connect(daemon.uri);
  for (const domain of await connection.listDomains(ListDomains.active)) await domain.destroy();
}
