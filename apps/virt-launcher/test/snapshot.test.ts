import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../src/exit-codes.ts';
import { LauncherFolders, RunningLauncher, spec } from './running-launcher.ts';

const run = promisify(execFile);
const app = fileURLToPath(new URL('..', import.meta.url));
/** Is not read, and need not be there: the native addon is looked for beside it. */
const script = join(app, 'dist', 'main.js');

let folder: string;
let program: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virt-launcher-snapshot-'));
  const tsup = join(
    dirname(createRequire(import.meta.url).resolve('tsup/package.json')),
    'dist',
    'cli-default.js',
  );
  const build = [tsup, '--config', 'tsup.snapshot.config.ts', '--out-dir', folder];
  await run(process.execPath, build, { cwd: app });
  program = ['--snapshot-blob', join(folder, 'program.blob'), script];
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('virt-launcher from its start-up snapshot', () => {
  it('is checked by a run that does nothing', async () => {
    expect(await run(process.execPath, [...program, 'check'])).toEqual({ stdout: '', stderr: '' });
  });

  it('serves a machine from define to undefine, with a console and its own time', async () => {
    using folders = new LauncherFolders();
    const before = Date.now();
    await using launcher = new RunningLauncher(folders.flags(), [], program);
    await using client = await launcher.connect(folders.socketPath);
    const info = await client.info();
    expect(info).toMatchObject({ hypervisor: 'mock', pid: launcher.child.pid });
    expect(Date.parse(info.startedAt)).toBeGreaterThanOrEqual(before);
    const machine = await client.hypervisor.define(spec);
    await machine.start();
    const stream = await machine.facet('consoles').open(0);
    // On a busy machine the guest has said everything that it says by itself before the console is open.
    stream.write('\n');
    const [bytes] = (await once(stream, 'data')) as [Buffer];
    expect(bytes.byteLength).toBeGreaterThan(0);
    stream.destroy();
    const { data } = await machine.facet('display').screenshot();
    expect([...data.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    await machine.stop('force');
    await machine.undefine();
    expect(await launcher.ended).toBe(exitCodes.done);
  });

  it('ends at SIGTERM, and tells of a wrong command line', async () => {
    using folders = new LauncherFolders();
    await using launcher = new RunningLauncher(folders.flags(), [], program);
    await using _client = await launcher.connect(folders.socketPath);
    launcher.child.kill('SIGTERM');
    expect(await launcher.ended).toBe(exitCodes.done);
    await using wrong = new RunningLauncher(['--turbo'], [], program);
    expect(await wrong.ended).toBe(exitCodes.usage);
    expect(wrong.log.at(-1)).toMatchObject({ level: 'error', error: { code: 'bad-flags' } });
  });
});
