import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Connection, Libvirt } from '../src/native/index.ts';

const run = promisify(execFile);

/** How to measure. */
export interface NativeCallsOptions {
  /** Unix socket of a libvirtd that nobody else uses. */
  socket: string;
  /** Duration of each of the four measurements. */
  seconds: number;
  /** Threads inside libvirt in the concurrent measurements, the same number in C and in the addon. Default 4. */
  concurrency?: number;
}

/** Calls per second of one way of calling, and JavaScript's share of C's speed. */
export interface NativeCallsComparison {
  readonly native: number;
  readonly c: number;
  readonly ratio: number;
}

/** The same cheap call (`virConnectGetLibVersion`, one round trip) on the same daemon, through the addon and in C. */
export interface NativeCalls {
  /** One call after the other: each crosses two threads more than C's. */
  readonly sequential: NativeCallsComparison;
  /** `concurrency` threads inside libvirt; JavaScript keeps four times as many calls in flight, so that none waits for it. */
  readonly concurrent: NativeCallsComparison;
}

/**
 * Measures both ways in turns, never at the same time. Needs `native/build/calls`
 * (`npm run build-native-bench`).
 * @throws LibvirtError; the child process's error
 */
export async function measureNativeCalls(options: NativeCallsOptions): Promise<NativeCalls> {
  const { socket, seconds, concurrency = 4 } = options;
  const uri = `qemu+unix:///session?socket=${socket}`;
  await using connection = await (await Libvirt.load()).connect(uri, { maxCalls: concurrency });
  await callsPerSecond(connection, seconds / 10, concurrency); // Compiles what will be measured.
  const measure = (width: number, threads: number) =>
    alternate(
      (part) => callsPerSecond(connection, part, width),
      (part) => callsInC(uri, part, threads),
      seconds,
    );
  return { sequential: await measure(1, 1), concurrent: await measure(concurrency * 4, concurrency) };
}

/** How often the two ways take turns, so that whatever else the machine does hits both alike. */
const TURNS = 5;

async function alternate(
  native: (seconds: number) => Promise<number>,
  c: (seconds: number) => Promise<number>,
  seconds: number,
): Promise<NativeCallsComparison> {
  const sums = { native: 0, c: 0 };
  for (let turn = 0; turn < TURNS; turn++) {
    sums.native += await native(seconds / TURNS);
    sums.c += await c(seconds / TURNS);
  }
  return { native: sums.native / TURNS, c: sums.c / TURNS, ratio: sums.native / sums.c };
}

async function callsPerSecond(connection: Connection, seconds: number, width: number): Promise<number> {
  const begin = performance.now();
  const deadline = begin + seconds * 1000;
  let calls = 0;
  const loop = async () => {
    while (performance.now() < deadline) {
      await connection.libraryVersion();
      calls++;
    }
  };
  await Promise.all(Array.from({ length: width }, loop));
  return (calls / (performance.now() - begin)) * 1000;
}

async function callsInC(uri: string, seconds: number, threads: number): Promise<number> {
  const program = fileURLToPath(new URL('../native/build/calls', import.meta.url));
  const { stdout } = await run(program, [uri, String(seconds), String(threads)]);
  return Number(stdout);
}
