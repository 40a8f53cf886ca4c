import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../virt-launcher/src/main.ts', import.meta.url));

export interface LauncherProcessOptions {
  /** The kubelet's root folder. */
  kubeletRoot: string;
  podUid: string;
  vmi: { name: string; namespace: string; uid: string };
  /** Behaviour of the mock guest. */
  behaviour: object;
}

/** Folder of a Pod. */
export const podFolder = (kubeletRoot: string, podUid: string): string => join(kubeletRoot, 'pods', podUid);

/** A real virt-launcher with the mock hypervisor, in the folders that a kubelet would have made for its Pod. */
export class LauncherProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  output = '';

  constructor({ kubeletRoot, podUid, vmi, behaviour }: LauncherProcessOptions) {
    const volumes = join(podFolder(kubeletRoot, podUid), 'volumes', 'kubernetes.io~empty-dir');
    const folder = (name: string): string => {
      mkdirSync(join(volumes, name), { recursive: true });
      return join(volumes, name);
    };
    const flags: Record<string, string> = {
      ...vmi,
      hypervisor: 'mock',
      'hypervisor-options': JSON.stringify({ behaviour }),
      // Inside a Pod the path is short; here it may be longer than the kernel allows, unless it begins at the folder.
      'socket-dir': '/proc/self/cwd',
      'state-dir': folder('private'),
      'run-dir': folder('run'),
      'container-disk-dir': folder('container-disks'),
      'vmi-disk-dir': folder('disks'),
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    this.child = spawn(process.execPath, ['--conditions=@virtkit/source', program, ...args], {
      cwd: folder('sockets'),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve(code ?? signal)),
    );
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill('SIGKILL');
  }
}
