import { Duration } from '@virtkit/core-types';

/** What objects mean where they are silent; none of it is written into them (KubeVirt defaulting, other object defaults). */
export const silentValues = {
  /** Of replica sets and pools. */
  replicas: 1,
  /** Of pools: how many may be down during an update. */
  poolMaxUnavailable: '100%',
  exportTtl: Duration.parse('2h'),
  snapshotFailureDeadline: Duration.parse('5m'),
  snapshotDeletionPolicy: 'Delete',
  restoreTargetReadinessPolicy: 'WaitGracePeriod',
  workloadUpdateBatchSize: 10,
  workloadUpdateBatchInterval: Duration.parse('60s'),
  caDuration: Duration.parse('168h'),
  certificateDuration: Duration.parse('24h'),
  machinePrintableStatus: 'Stopped',
  containerPathReadOnly: true,
} as const;

/** How long before its end a certificate is renewed: a fifth of its life. */
export function renewBefore(duration: Duration): Duration {
  return Duration.fromNanoseconds(duration.nanoseconds / 5n);
}
