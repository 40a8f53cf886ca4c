import type {
  ExperimentalMigrationOptions,
  MigrationOptions,
  MigrationPolicy,
  MigrationPolicySpec,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';

/**
 * The settings of a migration (KubeVirt: migration policies): what the policy says over what the cluster says. Post-copy disrupts
 * the workload unless either of them says otherwise.
 */
export function migrationOptions(
  { values }: ClusterConfiguration,
  policy: MigrationPolicy | undefined,
): MigrationOptions {
  const cluster: MigrationOptions = values.migrations;
  const {
    selectors: _selectors,
    experimental,
    ...settings
  }: Partial<MigrationPolicySpec> = policy?.spec ?? {};
  const laid: MigrationOptions = { ...cluster, ...defined(settings) };
  const follows = settings.allowPostCopy !== undefined && settings.allowWorkloadDisruption === undefined;
  const tuned = mergedExperimental(cluster.experimental, experimental);
  return {
    ...laid,
    allowWorkloadDisruption: follows
      ? settings.allowPostCopy
      : (laid.allowWorkloadDisruption ?? laid.allowPostCopy),
    ...(tuned === undefined ? {} : { experimental: tuned }),
  };
}

function mergedExperimental(
  under: ExperimentalMigrationOptions | undefined,
  over: ExperimentalMigrationOptions | undefined,
): ExperimentalMigrationOptions | undefined {
  if (under === undefined || over === undefined) return over ?? under;
  const { downtimeTuning, stallDetector, ...rest } = over;
  return {
    ...under,
    ...defined(rest),
    ...(downtimeTuning && { downtimeTuning: { ...under.downtimeTuning, ...defined(downtimeTuning) } }),
    ...(stallDetector && { stallDetector: { ...under.stallDetector, ...defined(stallDetector) } }),
  };
}

function defined<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
