import { finalizers, labels, type VirtualMachineInstanceMigration } from '@virtkit/core-types';
import { withFinalizer } from './finalizers.ts';

/** A new migration as it is stored (KubeVirt defaulting, migration mutation): found by its instance, and kept until it ended. */
export function defaultMigration(
  migration: VirtualMachineInstanceMigration,
): VirtualMachineInstanceMigration {
  const { metadata, spec } = migration;
  const named = { ...metadata, labels: { ...metadata.labels, [labels.instanceName]: spec.vmiName ?? '' } };
  return { ...migration, metadata: withFinalizer(named, finalizers.migration) };
}
