import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseLauncherCommand } from '../src/platform/launcher-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtkit-launcher-command-'));
  mkdirSync(join(folder, 'snapshot'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program of one line, and its snapshot when a body for that is given. */
function program(snapshotBody?: string): { script: string; snapshot: string } {
  const script = join(folder, 'main.js');
  const snapshot = join(folder, 'snapshot', 'program.blob');
  writeFileSync(script, 'process.exit(0);');
  if (snapshotBody !== undefined) {
    const source = join(folder, 'snapshot.cjs');
    writeFileSync(
      source,
      `require('node:v8').startupSnapshot.setDeserializeMainFunction(() => {${snapshotBody}});`,
    );
    execFileSync(process.execPath, ['--snapshot-blob', snapshot, '--build-snapshot', source]);
  }
  return { script, snapshot };
}

describe('the command of launchers', () => {
  it('uses a snapshot that works, with the arguments of the plain program', async () => {
    const { script, snapshot } = program("process.exit(process.argv[2] === 'check' ? 0 : 1)");
    const { command, withoutSnapshot } = await chooseLauncherCommand([process.execPath, script]);
    expect(withoutSnapshot).toBeUndefined();
    expect(command.slice(-3)).toEqual(['--snapshot-blob', snapshot, script]);
  });

  it.each([
    ['missing', () => program(), /program\.blob is not there/],
    [
      'damaged',
      () => {
        const made = program();
        writeFileSync(made.snapshot, 'this is no snapshot');
        return made;
      },
      /snapshot/,
    ],
    ['failing', () => program("process.stderr.write('broken inside'); process.exit(3)"), /broken inside/],
  ])('does without a snapshot that is %s, and says so', async (_what, make, reason) => {
    const { script } = make();
    const { command, withoutSnapshot } = await chooseLauncherCommand([process.execPath, script]);
    expect(withoutSnapshot).toMatch(reason);
    expect(command).not.toContain('--snapshot-blob');
    expect(command.at(-1)).toBe(script);
  });

  it('runs from sources as it is', async () => {
    const { command, withoutSnapshot } = await chooseLauncherCommand([
      '/node',
      '--conditions=x',
      '/src/main.ts',
    ]);
    expect(command.at(-1)).toBe('/src/main.ts');
    expect(withoutSnapshot).toBeUndefined();
  });
});
