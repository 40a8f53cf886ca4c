import type {
  DataSource,
  KubeVirt,
  NodePlacement,
  Pod,
  VirtualMachine,
  VirtualMachineBackup,
  VirtualMachineInstance,
  VirtualMachineInstanceMigration,
  VirtualMachineInstancePreset,
  VirtualMachineRestore,
  VirtualMachineSnapshot,
  VirtualMachineSnapshotContent,
} from '@virtkit/core-types';
import type { InferenceLookup, ReferenceLookup } from '../instancetype/index.ts';
import type { Workload } from '../validation/index.ts';

/**
 * What KubeVirt's webhooks look up in the cluster, and nothing else. Each answers undefined, or an empty list, where there is no
 * such object, and throws where it cannot tell; what becomes of that is a matter of the rule that asked.
 */
export interface AdmissionLookups extends ReferenceLookup, InferenceLookup {
  /** Presets of a namespace, for new instances. */
  presets(namespace: string): Promise<readonly VirtualMachineInstancePreset[]>;
  /** For migrations, volume requests and evictions. */
  instance(namespace: string, name: string): Promise<VirtualMachineInstance | undefined>;
  /** The target of a restore. */
  machine(namespace: string, name: string): Promise<VirtualMachine | undefined>;
  /** Migrations of an instance: those with its name as label `kubevirt.io/vmi-name`. */
  migrations(namespace: string, instanceName: string): Promise<readonly VirtualMachineInstanceMigration[]>;
  /** What a restore is made from. */
  snapshot(namespace: string, name: string): Promise<VirtualMachineSnapshot | undefined>;
  /** What a snapshot holds, for the identity that a restore would bring back. */
  snapshotContent(namespace: string, name: string): Promise<VirtualMachineSnapshotContent | undefined>;
  /** All restores of a namespace: one at a time for each target. */
  restores(namespace: string): Promise<readonly VirtualMachineRestore[]>;
  /** All backups of a namespace: one at a time for each source. */
  backups(namespace: string): Promise<readonly VirtualMachineBackup[]>;
  /** For inference and for the architecture of an image; of all that CDI offers, only labels and source matter. */
  dataSource(namespace: string, name: string): Promise<DataSource | undefined>;
  /** All KubeVirt objects of the cluster. */
  kubeVirts(): Promise<readonly KubeVirt[]>;
  /** The first kind, in the order instance, machine, replica set, of which there is an object anywhere in the cluster. */
  workload(): Promise<Workload | undefined>;
  /**
   * Why the API server would not take a component with this placement, by a dry run: a Deployment for `infra`, a DaemonSet for
   * `workloads`. Undefined where it would.
   */
  placementRefusal(
    part: 'infra' | 'workloads',
    placement: NodePlacement | undefined,
  ): Promise<string | undefined>;
  /** For evictions. */
  pod(namespace: string, name: string): Promise<Pod | undefined>;
}

const nothing = (): Promise<undefined> => Promise.resolve(undefined);
const none = (): Promise<readonly never[]> => Promise.resolve([]);

/**
 * Look-ups of those who have no cluster, such as tools that check files: there is nothing. A machine is then judged without its
 * instance type and preference, an instance without presets; a matcher that is to be inferred from a volume, and a migration,
 * are refused, because what they need is not there.
 */
export const offlineLookups: AdmissionLookups = {
  presets: none,
  instance: nothing,
  machine: nothing,
  migrations: none,
  snapshot: nothing,
  snapshotContent: nothing,
  restores: none,
  backups: none,
  kubeVirts: none,
  workload: nothing,
  placementRefusal: nothing,
  pod: nothing,
  revision: nothing,
  object: nothing,
  persistentVolumeClaim: nothing,
  dataVolume: nothing,
  dataSource: nothing,
  volumeSnapshot: nothing,
};
