import { execFile } from 'node:child_process';
import { chown, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { requires } from '@virtkit/testing';

const run = promisify(execFile);
const program = fileURLToPath(new URL('programs/capabilities.ts', import.meta.url));
const guest = fileURLToPath(new URL('../../../../build/guest/', import.meta.url));
const nobody = 65534;

/** CAP_NET_BIND_SERVICE (10) and CAP_NET_ADMIN (12), capabilities(7). */
const network = ((1n << 10n) | (1n << 12n)).toString(16).padStart(16, '0');
const none = '0'.repeat(16);

it('QEMU and libvirtd have none of the capabilities that a launcher has', async (context) => {
  requires(context, { kind: 'root' }, { kind: 'command', name: 'setpriv', package: 'util-linux' });
  const folder = await mkdtemp(join(tmpdir(), 'vk-caps-'));
  try {
    await chown(folder, nobody, nobody);
    for (const file of ['vmlinuz', 'initramfs.gz']) await copyFile(join(guest, file), join(folder, file));
    // As the node starts a launcher: another user than root, with what its Pod adds in the ambient set.
    const added = '-all,+net_bind_service,+net_admin';
    const { stdout } = await run('setpriv', [
      ...[`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'],
      ...[`--inh-caps=${added}`, `--ambient-caps=${added}`, '--'],
      ...[process.execPath, '--conditions=@virtkit/source', program],
      ...[folder, join(folder, 'vmlinuz'), join(folder, 'initramfs.gz')],
    ]);
    const nothing = { CapInh: none, CapPrm: none, CapEff: none, CapAmb: none, NoNewPrivs: '1' };
    expect(JSON.parse(stdout)).toEqual({
      self: { CapInh: network, CapPrm: network, CapEff: network, CapAmb: network, NoNewPrivs: '0' },
      libvirtd: nothing,
      qemu: nothing,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
