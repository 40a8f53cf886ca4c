import { admission } from './admission.ts';
import { apiServer } from './api-server.ts';
import { apiStart } from './api-start.ts';
import { apiWrites } from './api-writes.ts';
import { firstConsoleByte } from './first-console-byte.ts';
import { memory } from './memory.ts';
import type { Measurement } from './measurement.ts';
import { nativeCalls } from './native-calls.ts';
import { onKubernetes } from './on-kubernetes.ts';
import { startLatency } from './start-latency.ts';

/**
 * What is not about machines, or needs more than the platform: a real Kubernetes, which is built with Go; `kubernetes` container images
 * too.
 */
export const furtherMeasurements: readonly Measurement[] = [onKubernetes, apiServer, apiStart];

/** In the order in which they run and are reported. */
export const measurements: readonly Measurement[] = [
  apiWrites,
  startLatency,
  firstConsoleByte,
  memory,
  nativeCalls,
  admission,
];
