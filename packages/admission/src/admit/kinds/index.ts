import type { KindAdmission } from '../kind.ts';
import { kubeVirts, plugins } from './cluster.ts';
import { backups, backupTrackers, clones, exports, snapshots } from './copies.ts';
import { evictions } from './evictions.ts';
import { instancetypes, preferences } from './instancetypes.ts';
import { launcherPods } from './launcher-pods.ts';
import { migrationPolicies, migrations, migrationStatus } from './migrations.ts';
import { restores } from './restores.ts';
import { pools, presets, replicaSets, replicaSetStatus } from './sets.ts';
import { virtualMachineInstances } from './virtual-machine-instances.ts';
import { virtualMachines, virtualMachineStatus } from './virtual-machines.ts';

/** Everything that KubeVirt's webhooks look at. */
export const kinds: readonly KindAdmission[] = [
  virtualMachines,
  virtualMachineStatus,
  virtualMachineInstances,
  replicaSets,
  replicaSetStatus,
  pools,
  presets,
  migrations,
  migrationStatus,
  migrationPolicies,
  ...instancetypes,
  ...preferences,
  clones,
  snapshots,
  restores,
  exports,
  backups,
  backupTrackers,
  plugins,
  kubeVirts,
  evictions,
  launcherPods,
];
