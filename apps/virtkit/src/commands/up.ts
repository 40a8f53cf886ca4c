import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { probeVirtualization, type VirtualizationProbe } from '../doctor/virtualization-check.ts';
import { VirtkitError } from '../errors.ts';
import { ensureRoom, explained } from '../platform/files.ts';
import { layoutOf } from '../platform/layout.ts';
import { startPlatform } from '../platform/platform.ts';
import { commandFor } from '../platform/programs.ts';
import { type Settings } from '../platform/settings.ts';
import { signalled } from '../supervisor/process-identity.ts';
import { readLiveRecord, type SupervisorRecord } from '../supervisor/record.ts';

export interface UpCommandOptions {
  root: string;
  port?: number | undefined;
  hypervisor?: Settings['hypervisor'] | undefined;
  print: (line: string) => void;
}

/** How long the platform may take to come up, in milliseconds. */
const startPatience = 90_000;

/** The record of the platform that runs below `root`; undefined when none does. */
export const runningPlatform = (root: string): Promise<SupervisorRecord | undefined> =>
  readLiveRecord(layoutOf(root).supervisor);

/**
 * Runs the platform in this process until SIGTERM or SIGINT.
 * @throws VirtkitError `already-running` and what `startPlatform` throws.
 */
export async function up(options: UpCommandOptions): Promise<void> {
  const { root, print } = options;
  const running = await runningPlatform(root);
  if (running !== undefined)
    throw new VirtkitError(
      'already-running',
      `the platform runs already (process ${running.supervisor.pid})`,
      {
        nextStep: 'see `virtkit status`; end it with `virtkit down`',
      },
    );
  makeFolder(join(root, 'logs'));
  await ensureRoom(root);
  const probe = await probeVirtualization(commandFor('virt-launcher'), {
    capabilityCache: layoutOf(root).capabilityCache,
  });
  explainProbe(probe, print);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => stop.abort(new Error(signal)));
  const { supervisor, settings } = await startPlatform({
    root,
    port: options.port,
    hypervisor: options.hypervisor,
    probe,
    privileged: process.getuid?.() === 0,
    report: (message) => print(`supervisor: ${message}`),
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(startPatience)]),
  });
  await using _supervisor = supervisor;
  print(`virtkit: ready on https://127.0.0.1:${settings.port} with ${settings.hypervisor}`);
  print(`virtkit: export KUBECONFIG=${layoutOf(root).kubeconfig}`);
  await new Promise<void>((resolve) => {
    if (stop.signal.aborted) resolve();
    stop.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  print('virtkit: stopping');
}

/**
 * Starts the platform in a process of its own and returns once it is ready; does nothing when it runs already.
 * @throws VirtkitError `program-failed` with what the process printed.
 */
export async function upDetached(options: UpCommandOptions): Promise<SupervisorRecord> {
  const { root, print } = options;
  const already = await runningPlatform(root);
  if (already !== undefined) return already;
  makeFolder(join(root, 'logs'));
  const logFile = join(root, 'logs', 'supervisor.log');
  const log = openSync(logFile, 'w', 0o600);
  const [program, ...args] = [
    ...commandFor('virtkit'),
    'up',
    ...['--root', root],
    ...(options.port === undefined ? [] : ['--port', String(options.port)]),
    ...(options.hypervisor === undefined ? [] : ['--hypervisor', options.hypervisor]),
  ] as [string, ...string[]];
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', log, 'ipc'] });
  closeSync(log);
  try {
    await new Promise<void>((resolve, reject) => {
      const lines: string[] = [];
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n').filter((one) => one !== '')) {
          lines.push(line);
          print(line);
          if (line.startsWith('virtkit: ready')) resolve();
        }
      });
      child.once('error', reject);
      child.once('message', (failure: { code: VirtkitError['code']; message: string; nextStep?: string }) => {
        reject(
          new VirtkitError(
            failure.code,
            failure.message,
            failure.nextStep === undefined ? {} : { nextStep: failure.nextStep },
          ),
        );
      });
      child.once('exit', (code) => {
        reject(
          new VirtkitError('program-failed', `the platform ended with ${code}`, {
            nextStep: `read ${logFile}`,
          }),
        );
      });
    });
  } finally {
    // From here on nobody reads the child's output: it must not hold this process, nor notice that it is gone.
    child.disconnect();
    child.stdout?.destroy();
    child.unref();
  }
  const record = await runningPlatform(root);
  if (record === undefined)
    throw new VirtkitError('program-failed', 'the platform ended', { nextStep: `read ${logFile}` });
  return record;
}

function explainProbe({ kvm, libvirt }: VirtualizationProbe, print: (line: string) => void): void {
  if (libvirt.state === 'missing')
    print(`virtkit: no libvirt here (${libvirt.reason}): machines are simulated (hypervisor mock)`);
  if (kvm.state !== 'usable')
    print(
      `virtkit: kvm: ${kvm.state}${kvm.ratio === undefined ? '' : ` (ratio ${kvm.ratio.toPrecision(2)})`}: guests run under software emulation`,
    );
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw explained(error, path);
  }
}

/** Sends SIGTERM to a platform's supervisor. @returns false when it is gone. */
export const askToStop = (record: SupervisorRecord): boolean => signalled(record.supervisor.pid, 'SIGTERM');
