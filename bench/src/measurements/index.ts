import { admission } from './admission.ts';
import { apiWrites } from './api-writes.ts';
import { firstConsoleByte } from './first-console-byte.ts';
import { memory } from './memory.ts';
import type { Measurement } from './measurement.ts';
import { nativeCalls } from './native-calls.ts';
import { startLatency } from './start-latency.ts';

/** In the order in which they run and are reported. */
export const measurements: readonly Measurement[] = [
  apiWrites,
  startLatency,
  firstConsoleByte,
  memory,
  nativeCalls,
  admission,
];
