import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PrivateDaemon } from '../../../../packages/hal-kvm-qemu/src/daemon/private-daemon.ts';
import { Libvirt, Undefine, XmlFlag } from '../../../../packages/hal-kvm-qemu/src/native/index.ts';
import type { Made } from './row.ts';

/** Why libvirt does not take a domain. */
export interface Objection {
  name: string;
  message: string;
}

const run = promisify(execFile);
const schema = '/usr/share/libvirt/schemas/domain.rng';

/** Domains that libvirt's own schema does not allow; all are judged by one process. */
export async function schemaObjections(domains: readonly Made[]): Promise<Objection[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vk-domains-'));
  try {
    const files = domains.map(({ name }) => join(folder, `${name}.xml`));
    await Promise.all(domains.map(({ xml }, index) => writeFile(files[index]!, xml)));
    const said = await verdicts(['--noout', '--relaxng', schema, ...files]);
    return domains.flatMap(({ name }, index) => {
      const lines = said.filter((line) => line.startsWith(files[index]!));
      return lines.includes(`${files[index]!} validates`)
        ? []
        : [{ name, message: lines.join('\n').replaceAll(folder, '') || 'no verdict' }];
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function verdicts(args: readonly string[]): Promise<string[]> {
  try {
    return (await run('xmllint', args, { maxBuffer: 2 ** 26 })).stderr.split('\n');
  } catch (error) {
    // Its exit code is the number of files that do not validate; what it says about each is on stderr.
    if (typeof error === 'object' && error !== null && 'stderr' in error && 'code' in error)
      if (typeof error.stderr === 'string' && typeof error.code === 'number') return error.stderr.split('\n');
    throw error;
  }
}

/** As root the daemon has to be somebody else's: libvirt's session mode is for other users. */
const nobody = process.getuid?.() === 0 ? { runAs: { uid: 65534, gid: 65534 } } : {};

/**
 * Defines and undefines one domain after the other in a daemon of their own, as on a host without hardware virtualisation.
 * @returns what libvirt made of each that it took, and why it did not take the others
 */
export async function defineAll(
  domains: readonly Made[],
): Promise<{ defined: Map<string, string>; objections: Objection[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'vk-define-'));
  await chmod(folder, 0o755);
  const daemon = new PrivateDaemon({
    stateDir: join(folder, 's'),
    runDir: join(folder, 'r'),
    idleSeconds: 5,
    ...nobody,
  });
  const defined = new Map<string, string>();
  const objections: Objection[] = [];
  try {
    await daemon.ensureRunning();
    await using connection = await (await Libvirt.load()).connect(daemon.uri);
    for (const { name, emulated } of domains) {
      try {
        using domain = await connection.defineDomain(emulated);
        defined.set(name, await domain.xml(XmlFlag.inactive));
        await domain.undefine(Undefine.nvram);
      } catch (error) {
        objections.push({ name, message: error instanceof Error ? error.message : String(error) });
      }
    }
    return { defined, objections };
  } finally {
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
