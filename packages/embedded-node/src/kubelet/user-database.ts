import { readFile } from 'node:fs/promises';
import type { SandboxUser } from '../sandbox/specification.ts';

/**
 * The machine's `/etc/passwd` and `/etc/group` with the container's own user and group added where they are missing.
 * Containers of built-in images see the machine's files, and programs such as libvirt refuse to run as a user that these
 * files do not know. An image that is a set of files brings its own.
 */
export async function userDatabase({ uid, gid }: SandboxUser): Promise<{ passwd: string; group: string }> {
  const [passwd, group] = await Promise.all(
    ['/etc/passwd', '/etc/group'].map((path) => readFile(path, 'utf8')),
  );
  return {
    passwd: withEntry(passwd ?? '', uid, `container-${uid}:x:${uid}:${gid}::/:/usr/sbin/nologin`),
    group: withEntry(group ?? '', gid, `container-${gid}:x:${gid}:`),
  };
}

/** Both files have the number in their third field. */
function withEntry(file: string, id: number, entry: string): string {
  const known = file.split('\n').some((line) => line.split(':')[2] === String(id));
  return known ? file : `${file.trimEnd()}\n${entry}\n`;
}
