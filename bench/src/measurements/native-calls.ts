import { access } from 'node:fs/promises';
import { join } from 'node:path';
import {
  measureNativeCalls,
  type NativeCallsComparison,
} from '../../../packages/hal-kvm-qemu/bench/native-calls.ts';
import { PrivateDaemon } from '../../../packages/hal-kvm-qemu/src/daemon/private-daemon.ts';
import { BenchError } from '../errors.ts';
import { checkout } from '../platform/checkout.ts';
import { guestUser } from '../platform/guest-user.ts';
import { scratchFolder } from '../platform/scratch-folder.ts';
import type { Row } from '../report/row.ts';
import type { Measurement } from './measurement.ts';

/** Calls of the native binding per second, against the same loop in C on the same daemon. */
export const nativeCalls: Measurement = {
  name: 'native',
  async run({ quick, signal, progress }) {
    await mustHaveLoopInC();
    await using cleanUp = new AsyncDisposableStack();
    const { path } = cleanUp.use(await scratchFolder());
    const daemon = new PrivateDaemon({
      stateDir: join(path, 's'),
      runDir: join(path, 'r'),
      idleSeconds: 30,
      ...guestUser(),
    });
    cleanUp.defer(() => daemon.stop());
    await daemon.ensureRunning(signal);
    progress('calls per second, one at a time and four at a time, in turns with C');
    const calls = await measureNativeCalls({ socket: daemon.paths.socket, seconds: quick ? 1 : 3 });
    return {
      rows: [
        row('native calls, four at a time, against C', calls.concurrent),
        row('native calls, one at a time, against C', calls.sequential),
      ],
      details: { ...calls },
    };
  },
};

function row(what: string, { ratio, native, c }: NativeCallsComparison): Row {
  return {
    what,
    value: ratio,
    unit: 'ratio',
    goal: { kind: 'at-least', value: 0.8 },
    reason: `${Math.round(native)}/s, in C ${Math.round(c)}/s`,
  };
}

async function mustHaveLoopInC(): Promise<void> {
  try {
    await access(join(checkout, 'packages/hal-kvm-qemu/native/build/calls'));
  } catch (cause) {
    throw new BenchError(
      'missing-requirement',
      'the loop in C is not built: npm run build-native-bench -w packages/hal-kvm-qemu',
      { cause },
    );
  }
}
