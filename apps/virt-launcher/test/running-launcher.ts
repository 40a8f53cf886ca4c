import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseMachineSpec } from '@virtkit/hal';
import { connectLauncher, type LauncherClient } from '@virtkit/launcher-api';
import { waitUntil } from '@virtkit/testing';
import { smallMachine } from '@virtkit/testing/small-machine';

/** Node's arguments for the program as it is in the sources. */
const fromSources = [
  '--conditions=@virtkit/source',
  fileURLToPath(new URL('../src/main.ts', import.meta.url)),
];

/** The machine of the launchers that `LauncherFolders.flags` describes; needs nothing from the host. */
export const spec = parseMachineSpec(
  smallMachine({ id: 'u-1', name: 'default_vm', disks: [], interfaces: [] }),
  'mock',
);

/** Folders of a launcher, which outlive its process. */
export class LauncherFolders implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'virt-launcher-'));
  readonly socketPath = join(this.root, 'sock', 'launcher-sock');

  constructor() {
    mkdirSync(join(this.root, 'sock'));
  }

  flags(): string[] {
    const folder = (name: string) => join(this.root, name);
    return [
      ...['--name', 'vm', '--namespace', 'default', '--uid', 'u-1', '--hypervisor', 'mock'],
      ...['--socket-dir', folder('sock'), '--state-dir', folder('state'), '--run-dir', folder('run')],
      ...['--container-disk-dir', folder('cd'), '--vmi-disk-dir', folder('vd')],
    ];
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The real program as a child process. */
export class RunningLauncher implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  #output = '';

  /**
   * @param prefix A command that runs the program, for example in a network namespace.
   * @param program Node's arguments that name the program.
   */
  constructor(
    args: readonly string[],
    prefix: readonly string[] = [],
    program: readonly string[] = fromSources,
  ) {
    const [command = '', ...rest] = [...prefix, process.execPath, ...program, ...args];
    this.child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve(code ?? signal)),
    );
  }

  /** Every line that it has logged. */
  get log(): Record<string, unknown>[] {
    const lines = this.#output.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async connect(socketPath: string): Promise<LauncherClient> {
    return waitUntil(
      'the launcher to serve',
      async () => {
        if (this.child.exitCode !== null) throw new Error(`it ended: ${this.#output}`);
        return connectLauncher({ socketPath });
      },
      { timeoutMs: 60_000 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
