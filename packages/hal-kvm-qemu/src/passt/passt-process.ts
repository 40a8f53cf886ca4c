import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { HalError } from '@virtkit/hal';
import type { Owner } from '../ownership.ts';
import { cannotRun, withoutPrivileges } from '../without-privileges.ts';
import { passtArguments, tapDescriptor, type PasstFiles, type PasstInterface } from './arguments.ts';
import { guestProbe } from './wake-guest.ts';

/** How long passt may take until it is ready, in milliseconds: a socket for each port of the Pod takes it a second or two. */
const readyWithin = 30_000;
const lookEvery = 10;

/** Lines of its output that an error repeats. */
const linesKept = 3;

/** A passt that is ready. */
export interface RunningPasst {
  readonly pid: number;
  /** How it ended, for people. */
  readonly ended: Promise<string>;
}

/** Where a passt connects to, and what it writes. */
export interface PasstPlace {
  /** Unix socket on which QEMU waits for the packets of the interface. */
  readonly socket: string;
  readonly files: PasstFiles;
  /** Run it as this user instead of the present one; needs root. */
  readonly owner?: Owner | undefined;
}

/**
 * Connects to QEMU and hands the connection to a new passt, which ends when QEMU closes it.
 *
 * @returns undefined when no QEMU waits there
 * @throws HalError `hypervisor-unavailable` when passt is missing, `failed` with what it said
 */
export async function startPasst(
  nic: PasstInterface,
  { socket, files, owner }: PasstPlace,
): Promise<RunningPasst | undefined> {
  const connection = await connectTo(socket);
  if (connection === undefined) return undefined;
  // The guest has the addresses of this side.
  const address = networkInterfaces()[nic.backend.device]?.find(({ family }) => family === 'IPv4')?.address;
  if (address !== undefined) await send(connection, guestProbe(address));
  await rm(files.pid, { force: true });
  const output = await open(errorLog(files), 'w');
  try {
    const child = spawn(...withoutPrivileges('sh', handedOver(passtArguments(nic, files))), {
      detached: true,
      stdio: [connection, output.fd, output.fd],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      ...(owner === undefined ? {} : { uid: owner.uid, gid: owner.gid }),
    });
    child.unref();
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, by) => resolve(`ended with ${by ?? code}`));
    }).then(async (how) => `${how}: ${await lastWords(files)}`);
    const giveUp = AbortSignal.timeout(readyWithin);
    const outcome = await Promise.race([ended, pidOnceWritten(files.pid, giveUp)]);
    if (typeof outcome === 'number') return { pid: outcome, ended };
    child.kill('SIGKILL');
    if (cannotRun.includes(child.exitCode))
      throw new HalError('hypervisor-unavailable', 'passt is missing: install the package passt');
    throw new HalError('failed', `passt of interface ${nic.id} ${outcome ?? 'was not ready in time'}`);
  } finally {
    connection.destroy();
    await output.close();
  }
}

/** passt wants a connection that blocks, and Node leaves one so as standard input only: the shell moves it and becomes passt. */
function handedOver(args: readonly string[]): string[] {
  return ['-c', `exec passt "$@" ${tapDescriptor}<&0 0</dev/null`, 'passt', ...args];
}

/** A connection of which nothing was read; undefined when nobody listens. */
function connectTo(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new Socket();
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
    // What arrives is passt's.
    socket.pause();
    socket.connect(path, () => resolve(socket));
  });
}

function send(connection: Socket, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.write(data, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Process id of the passt that wrote this file, while it runs. */
export async function runningPasst(pidFile: string): Promise<number | undefined> {
  const pid = await readPid(pidFile);
  if (pid === undefined) return undefined;
  const command = await readIfThere(`/proc/${pid}/cmdline`);
  return command?.split('\0').includes(pidFile) === true ? pid : undefined;
}

async function pidOnceWritten(pidFile: string, giveUp: AbortSignal): Promise<number | undefined> {
  while (!giveUp.aborted) {
    const pid = await runningPasst(pidFile);
    if (pid !== undefined) return pid;
    await wait(lookEvery, undefined, { ref: false });
  }
  return undefined;
}

async function readPid(pidFile: string): Promise<number | undefined> {
  const pid = Number.parseInt((await readIfThere(pidFile)) ?? '', 10);
  return Number.isNaN(pid) ? undefined : pid;
}

/** What passt says before it has opened its log. */
const errorLog = ({ log }: PasstFiles): string => `${log}.stderr`;

async function lastWords(files: PasstFiles): Promise<string> {
  const texts = await Promise.all([readIfThere(errorLog(files)), readIfThere(files.log)]);
  const lines = texts.flatMap((text = '') => text.trim().split('\n').filter(Boolean));
  return lines.slice(-linesKept).join(' | ') || 'no output';
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // ESRCH: a process that ended while it was looked at.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
