import { Kvm, KvmError, type KvmExit } from '../native/index.ts';
import { GuestLoop, hostIterationsPerSecond } from './guest-loop.ts';

/**
 * Whether hardware virtualisation works here. `ratio` is the guest's speed over the host's at the same loop: near 1
 * on real hardware, a few thousandths or less where a guest's every step is emulated.
 *
 * - `usable`: guests run at full speed.
 * - `unusable`: the device opens, but guests crawl or do not run; `ratio` when it got as far as measuring.
 * - `absent`: no KVM here, or not an x86-64 machine.
 * - `forbidden`: there is a device which this process may not open.
 */
export type KvmProbe =
  | {
      readonly state: 'usable';
      readonly ratio: number;
      readonly guestIterationsPerSecond: number;
      readonly hostIterationsPerSecond: number;
    }
  | { readonly state: 'unusable'; readonly reason: string; readonly ratio?: number }
  | { readonly state: 'absent'; readonly reason: string }
  | { readonly state: 'forbidden'; readonly reason: string };

/** How to probe. */
export interface ProbeOptions {
  /** Default `/dev/kvm`. */
  device?: string;
  /** Length of the guest's first loop, 1 to 2^30. Default 100,000: 30 microseconds on hardware, 0.1 s where guests crawl. */
  iterations?: number;
  /** Wall-clock limit of one guest run in milliseconds. Default 250. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Below this share of the host's speed, software emulation is the better choice. */
const LEAST_RATIO = 0.2;
/** A run shorter than this says more about entering the guest than about its speed; then a longer loop is measured. */
const LEAST_RUN_NS = 2_000_000;
const LONG_LOOP_FACTOR = 100;
const MOST_ITERATIONS = 2 ** 30;

/**
 * Finds out whether KVM is worth using on this machine, by running a short guest and comparing it with the host itself.
 * Takes about 0.1 to 0.3 s. Everything that is wrong with KVM is an answer, not an error.
 *
 * @throws LibvirtError `addon-missing`; RangeError for options out of range; the signal's reason when aborted
 */
export async function probeKvm(options: ProbeOptions = {}): Promise<KvmProbe> {
  const { device = '/dev/kvm', iterations = 100_000, timeoutMs = 250, signal } = options;
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > MOST_ITERATIONS) {
    throw new RangeError(`iterations must be an integer from 1 to ${MOST_ITERATIONS}`);
  }
  signal?.throwIfAborted();
  try {
    await using kvm = await Kvm.open({ device });
    return await measure(kvm, iterations, timeoutMs, signal);
  } catch (error) {
    if (!(error instanceof KvmError)) throw error;
    return failed(error);
  }
}

async function measure(
  kvm: Kvm,
  iterations: number,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<KvmProbe> {
  await using guest = await GuestLoop.start(kvm);
  // The first entry pays for page faults and page tables; it is not what guests feel.
  let result = await guest.run(1, timeoutMs, signal);
  if (result.outcome === 'finished') result = await guest.run(iterations, timeoutMs, signal);
  if (result.outcome === 'finished' && result.elapsedNs < LEAST_RUN_NS) {
    const longer = Math.min(iterations * LONG_LOOP_FACTOR, MOST_ITERATIONS);
    result = await guest.run(longer, timeoutMs, signal);
  }
  if (result.outcome === 'failed') {
    return { state: 'unusable', reason: `a test guest ended with ${describeExit(result.exit)}` };
  }
  const host = await hostIterationsPerSecond();
  const perSecond = (result.iterations / result.elapsedNs) * 1e9;
  return judge(perSecond, host);
}

function judge(guestIterationsPerSecond: number, hostIterationsPerSecond: number): KvmProbe {
  const ratio = guestIterationsPerSecond / hostIterationsPerSecond;
  if (ratio >= LEAST_RATIO)
    return { state: 'usable', ratio, guestIterationsPerSecond, hostIterationsPerSecond };
  const share = ratio.toPrecision(2);
  return {
    state: 'unusable',
    ratio,
    reason: `a test guest ran at ${share} of the host's speed, less than ${LEAST_RATIO}: probably nested virtualisation without hardware help`,
  };
}

function failed(error: KvmError): KvmProbe {
  switch (error.code) {
    case 'absent':
    case 'not-x86':
      return { state: 'absent', reason: error.message };
    case 'forbidden':
      return { state: 'forbidden', reason: error.message };
    case 'api-version':
    case 'busy':
    case 'ioctl-failed':
    case 'closed':
    case 'invalid-handle':
    case 'invalid-argument':
      return { state: 'unusable', reason: error.message };
    default:
      return error.code satisfies never;
  }
}

function describeExit(exit: KvmExit): string {
  switch (exit.kind) {
    case 'io':
      return `an access to I/O port ${exit.port}`;
    case 'mmio':
      return `an access to address ${exit.address}`;
    case 'hlt':
      return 'a halt';
    case 'shutdown':
      return 'a triple fault';
    case 'fail-entry':
      return `a refused entry (hardware reason ${exit.hardwareReason})`;
    case 'internal-error':
      return `KVM's internal error ${exit.suberror}`;
    case 'interrupted':
      return 'an interruption';
    case 'other':
      return `KVM exit ${exit.reason}`;
    default:
      return exit satisfies never;
  }
}
