import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Client } from '@virtkit/sdk';
import { BenchError } from '../errors.ts';
import { virtkitCommand } from './checkout.ts';
import { freePort } from './free-port.ts';
import { scratchFolder } from './scratch-folder.ts';

/** A platform as users run it: every program a process of its own. Disposing it removes every trace. */
export interface SeparatePrograms extends AsyncDisposable {
  readonly root: string;
  readonly client: Client;
  /** Process ids by program name, the supervisor's under `supervisor`. */
  readonly pids: ReadonlyMap<string, number>;
  /** Runs `virtkit` with these arguments on this platform's root. @returns its standard output. */
  virtkit(...args: string[]): Promise<string>;
}

interface UpRecord {
  supervisor: { pid: number };
  programs: { name: string; pid?: number }[];
}

/**
 * Starts a platform with `virtkit up` below a temporary folder, on a free port.
 * @throws BenchError `platform-failed` with the end of what `virtkit` said
 */
export async function startSeparatePrograms(options: {
  hypervisor: 'kvm-qemu' | 'mock';
  programs: 'built' | 'sources';
  signal: AbortSignal;
}): Promise<SeparatePrograms> {
  const { hypervisor, programs, signal } = options;
  signal.throwIfAborted();
  const command = virtkitCommand(programs);
  await using cleanUp = new AsyncDisposableStack();
  const { path } = cleanUp.use(await scratchFolder());
  const root = join(path, 'v');
  const virtkit = (...args: string[]): Promise<string> => run([...command, '--root', root, ...args], signal);
  // Cleaning up must happen although the signal has aborted.
  cleanUp.defer(async () => {
    await run([...command, '--root', root, 'down', '--purge']);
  });
  const port = String(await freePort());
  const printed = await virtkit('up', '--hypervisor', hypervisor, '--port', port, '--detach', '--json');
  const record = JSON.parse(printed) as UpRecord;
  const client = cleanUp.use(
    await connect({ kubeconfigText: await readFile(join(root, 'kubeconfig'), 'utf8') }),
  );
  const pids = new Map([['supervisor', record.supervisor.pid]]);
  for (const { name, pid } of record.programs) if (pid !== undefined) pids.set(name, pid);
  const owned = cleanUp.move();
  return { root, client, pids, virtkit, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Output of a command. @throws BenchError `platform-failed` */
async function run(command: readonly string[], signal?: AbortSignal): Promise<string> {
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  const code = await promise;
  if (code === 0) return output;
  throw new BenchError(
    'platform-failed',
    `virtkit ${args.slice(-3).join(' ')} ended with ${code}: ${errors.trim().split('\n').slice(-4).join(' | ')}`,
  );
}
