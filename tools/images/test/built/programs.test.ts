import { execFile, spawn } from 'node:child_process';
import { chown, lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { requires, waitUntil } from '@virtkit/testing';
import { describeImages, UnpackedLayers, type ImageDescription } from './image-root.ts';

const images = await describeImages();
const image = (name: string): ImageDescription => {
  const found = images.get(name);
  if (found === undefined) throw new Error(`there is no image ${name}`);
  return found;
};
let layers: UnpackedLayers;

beforeAll(async () => {
  layers = await UnpackedLayers.of(images.values());
});
// Layers are mounted on top of each other.
beforeEach((context) => requires(context, { kind: 'root' }));
afterAll(() => layers[Symbol.asyncDispose]());

const programs = ['virt-operator', 'virt-api', 'virt-controller', 'virt-handler', 'virt-launcher'];

describe('every image of a program', () => {
  it('is there, beside the guest', () => {
    expect([...images.keys()].sort()).toEqual([...programs, 'tiny-guest'].sort());
  });

  it.each(programs)('%s has its user in /etc/passwd, and only the node agent is root', async (name) => {
    const [uid = '', gid = ''] = image(name).user?.split(':') ?? [];
    const passwd = await readFile(join(layers.path(image(name).layers[0]!), 'etc/passwd'), 'utf8');
    expect(passwd.split('\n').map((line) => line.split(':').slice(2, 4))).toContainEqual([uid, gid]);
    expect({ name, root: uid === '0' }).toEqual({ name, root: name === 'virt-handler' });
  });

  it.each(programs)('%s shares Debian and Node with the others', (name) => {
    expect(image(name).layers.slice(0, 2)).toEqual(image('virt-api').layers.slice(0, 2));
    expect(image(name).entrypoint).toEqual([`/usr/bin/${name}`]);
  });

  it.each(programs)('%s has the Node that this runs on', async (name) => {
    expect(await layers.run(image(name), ['node', '--version'])).toBe(`${process.version}\n`);
  });

  it.each(programs)('%s has no program that gives its user the rights of another', async (name) => {
    const find = ['find', '/', '-xdev', '-type', 'f', '-perm', '/6000'];
    expect(await layers.run(image(name), find, { user: '0:0' })).toBe('');
  });

  it.each(['virt-api', 'virt-handler', 'virt-launcher'])(
    '%s finds every library that its programs are linked with',
    async (name) => {
      // ldd fails for scripts, and says "not found" of libraries. That grep finds nothing is its status 1; 2 is an error.
      const check =
        'ldd /usr/bin/* /usr/sbin/* /usr/libexec/* /usr/lib/virtkit/*/*.node 2>&1 | grep "not found" || test $? -eq 1';
      expect(await layers.run(image(name), ['sh', '-c', check], { user: '0:0' })).toBe('');
    },
  );
});

describe('programs start as the user of their image', () => {
  it.each(programs.slice(0, 4))('%s tells how it is used', async (name) => {
    expect(await layers.run(image(name), [name, '--help'])).toMatch(new RegExp(`^usage: ${name}`));
  });

  it('virt-launcher starts from its snapshot', async () => {
    await layers.run(image('virt-launcher'), ['virt-launcher', 'check']);
  });

  it('virt-launcher finds libvirt', async () => {
    const probe = JSON.parse(await layers.run(image('virt-launcher'), ['virt-launcher', 'probe'])) as unknown;
    expect(probe).toMatchObject({ libvirt: { state: 'available' } });
  });

  it.each([
    // What virt-handler runs in network namespaces of Pods.
    ['virt-handler', ['ip', '-Version'], /iproute2/],
    ['virt-handler', ['ss', '--version'], /iproute2/],
    ['virt-handler', ['nft', '--version'], /^nftables/],
    ['virt-handler', ['nsenter', '--version'], /util-linux/],
    // What virt-launcher, libvirt and the launcher Pod's other containers run.
    ['virt-launcher', ['libvirtd', '--version'], /libvirt\) 9\./],
    ['virt-launcher', ['qemu-system-x86_64', '--version'], /^QEMU emulator version/],
    ['virt-launcher', ['qemu-img', '--version'], /^qemu-img version/],
    ['virt-launcher', ['xorrisofs', '--version'], /xorriso/],
    ['virt-launcher', ['swtpm', '--version'], /TPM emulator version/],
    ['virt-launcher', ['swtpm_setup', '--print-capabilities'], /cmdarg-create-config-files/],
    ['virt-launcher', ['passt', '--version'], /^passt/],
    ['virt-launcher', ['bwrap', '--version'], /^bubblewrap/],
    ['virt-launcher', ['/usr/lib/qemu/virtiofsd', '--version'], /^virtiofsd version/],
    ['virt-launcher', ['setpriv', '--version'], /util-linux/],
    ['virt-launcher', ['prlimit', '--version'], /util-linux/],
    ['virt-launcher', ['tail', '--version'], /coreutils/],
    ['virt-launcher', ['tini', '--version'], /^tini version/],
    [
      'virt-launcher',
      ['ls', '/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
      /OVMF_CODE_4M/,
    ],
    [
      'virt-launcher',
      ['ls', '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd', '/usr/share/OVMF/OVMF_VARS_4M.ms.fd'],
      /OVMF_VARS_4M\.ms/,
    ],
  ])('%s has %j', async (name, command, said) => {
    expect(await layers.run(image(name), command)).toMatch(said);
  });

  it('the program that shares folders refuses what it does not know, by name', async () => {
    const [program, args] = layers.command(image('virt-launcher'), ['/usr/libexec/virtiofsd', '--turbo']);
    await expect(promisify(execFile)(program, args)).rejects.toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--turbo') as string,
    });
  });
});

it('the program that shares folders serves one, as an unprivileged user', async () => {
  await using cleanUp = new AsyncDisposableStack();
  const scratch = await mkdtemp(join(tmpdir(), 'virtkit-virtiofs-'));
  cleanUp.defer(() => rm(scratch, { recursive: true, force: true }));
  await chown(scratch, 107, 107);
  const options = [
    '--socket-path=/run/kubevirt/volume.sock',
    '--shared-dir=/tmp',
    '--sandbox=none',
    '--cache=auto',
  ];
  const [program, args] = layers.command(image('virt-launcher'), ['/usr/libexec/virtiofsd', ...options], {
    binds: [{ source: scratch, destination: '/run/kubevirt' }],
  });
  const server = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = new Promise((resolve) => server.once('close', resolve));
  cleanUp.defer(async () => {
    server.kill('SIGKILL');
    await ended;
  });
  await waitUntil('the socket', async () => {
    if (server.exitCode !== null) throw new Error(`it ended: ${log}`);
    return (await lstat(join(scratch, 'volume.sock'))).isSocket();
  });
});

it('the guest is a disk as launchers look for it: one file below /disk, which belongs to them', async () => {
  const guest = { source: layers.path(image('tiny-guest').layers[0]!), destination: '/tmp/guest' };
  const list = ['find', '/tmp/guest', '-mindepth', '1', '-printf', '%P %U:%G %m\\n'];
  const found = await layers.run(image('virt-launcher'), list, { binds: [guest] });
  expect(found.split('\n').filter(Boolean).sort()).toEqual([
    'disk 107:107 755',
    'disk/disk.qcow2 107:107 444',
  ]);
});
