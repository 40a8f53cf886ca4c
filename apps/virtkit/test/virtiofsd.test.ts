import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requires } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtiofsdCommand } from '../src/platform/virtiofsd.ts';

let folder: string;
let former: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtiofsd-'));
  former = join(folder, 'former');
  writeFileSync(former, '#!/bin/sh\necho "$@"; id -u\n');
  chmodSync(former, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the program of QEMU 7 is told by a container that runs the newer one. */
async function run(...words: string[]) {
  const [program = '', ...args] = (await virtiofsdCommand({ present: join(folder, 'none'), former })) ?? [];
  return spawnSync(program, [...args, ...words], { encoding: 'utf8' });
}

describe('virtiofsd', () => {
  it('is what is installed, in its present form before its former one', async () => {
    const none = join(folder, 'none');
    expect(await virtiofsdCommand({ present: former, former })).toBeUndefined();
    expect(await virtiofsdCommand({ present: none, former: none })).toBeUndefined();
    expect(await virtiofsdCommand({ present: none, former })).toBeDefined();
  });

  it('is told the same in the former one’s words, as root of a namespace of its own', async (context) => {
    requires(context, { kind: 'command', name: 'bwrap', package: 'bubblewrap' });
    const { stdout, stderr } = await run(
      '--socket-path=/run/x.sock',
      '--shared-dir=/a folder',
      '--sandbox=none',
      '--cache=never',
      '--migration-on-error=guest-error',
      '--migration-mode=find-paths',
    );
    expect(stderr).toBe('');
    expect(stdout).toBe(
      '-f --socket-path=/run/x.sock -o source=/a folder -o sandbox=chroot -o cache=never\n0\n',
    );
  });

  it('ends where the former one cannot do what is asked', async () => {
    const { status, stderr } = await run('--socket-path=/x', '--translate-uid=host:107:0:1');
    expect([status, stderr]).toEqual([64, expect.stringContaining('--translate-uid')]);
  });
});
