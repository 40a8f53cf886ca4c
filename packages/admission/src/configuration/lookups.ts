import type { CompleteConfiguration } from './built-in.ts';
import { knownArchitecture, type ClusterConfiguration } from './cluster-configuration.ts';

/** What an architecture's machines are like. */
export interface ArchitectureSettings {
  readonly machineType: string;
  /** Glob patterns of the machine types that instances may have. */
  readonly emulatedMachines: readonly string[];
  /** Folder of the UEFI firmware; empty where there is none. */
  readonly ovmfPath: string;
}

/** The settings of one architecture; an unknown one has those of amd64. The cluster-wide members are deprecated, but win. */
export function architectureSettings(
  { values }: ClusterConfiguration,
  architecture: string,
): ArchitectureSettings {
  const own = values.architectureConfiguration[knownArchitecture(architecture) ?? 'amd64'];
  return {
    machineType: values.machineType || own.machineType,
    emulatedMachines: values.emulatedMachines ?? own.emulatedMachines,
    ovmfPath: values.ovmfPath || own.ovmfPath,
  };
}

/** Mediated device types to create, in the current spelling: the deprecated one counts where the current one is empty. */
export function mediatedDeviceTypes({ values }: ClusterConfiguration): {
  readonly everywhere: readonly string[];
  readonly onNodes: readonly {
    readonly selector: Readonly<Record<string, string>>;
    readonly types: readonly string[];
  }[];
} {
  const given = values.mediatedDevicesConfiguration ?? {};
  return {
    everywhere: typesOf(given),
    onNodes: (given.nodeMediatedDeviceTypes ?? []).map((node) => ({
      selector: node.nodeSelector,
      types: typesOf(node),
    })),
  };
}

function typesOf(given: {
  readonly mediatedDeviceTypes?: readonly string[] | undefined;
  readonly mediatedDevicesTypes?: readonly string[] | undefined;
}): readonly string[] {
  const { mediatedDeviceTypes: current = [], mediatedDevicesTypes: deprecated = [] } = given;
  return current.length > 0 ? current : deprecated;
}

/** Whether mediated devices are created at all: the setting, else unless the gate DisableMDEVConfiguration is on. */
export function mediatedDevicesEnabled({ values, gates }: ClusterConfiguration): boolean {
  return values.mediatedDevicesConfiguration?.enabled ?? !gates.has('DisableMDEVConfiguration');
}

/** Whether SCSI persistent reservation is offered: the setting, else whether the gate is listed, whatever its state. */
export function persistentReservationEnabled({ values }: ClusterConfiguration): boolean {
  return (
    values.persistentReservationConfiguration?.enabled ??
    values.developerConfiguration.featureGates.includes('PersistentReservation')
  );
}

/** Whether machine templates are installed: never while the gate Template is off. */
export function virtTemplateEnabled({ values, gates }: ClusterConfiguration): boolean {
  return gates.has('Template') && (values.virtTemplateDeployment?.enabled ?? true);
}

/** Whether the common instance types are installed. */
export function commonInstancetypesEnabled({ values }: ClusterConfiguration): boolean {
  return values.commonInstancetypesDeployment?.enabled ?? true;
}

/** Whether a migration may slow or interrupt the guest to come to an end: follows post-copy unless set. */
export function workloadDisruptionAllowed({ values }: ClusterConfiguration): boolean {
  return values.migrations.allowWorkloadDisruption ?? values.migrations.allowPostCopy;
}

/** KubeVirt's name of the cluster's hypervisor: the setting counts only with the gate ConfigurableHypervisor. */
export function kubeVirtHypervisor({ values, gates }: ClusterConfiguration): string {
  return (gates.has('ConfigurableHypervisor') ? values.hypervisors[0]?.name : undefined) || 'kvm';
}

/** How roles reach the users' cluster roles. */
export function roleAggregation({ values }: ClusterConfiguration): 'AggregateToDefault' | 'Manual' {
  return values.roleAggregationStrategy ?? 'AggregateToDefault';
}

/** Factor on the memory that the platform adds for itself; 1 unless set to a number. */
export function memoryOverheadRatio({ values }: ClusterConfiguration): number {
  const ratio = Number(values.additionalGuestMemoryOverheadRatio ?? 1);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : 1;
}

/** Least TLS version of the platform's own servers. */
export function leastTlsVersion({ values }: ClusterConfiguration): string {
  return values.tlsConfiguration?.minTLSVersion ?? 'VersionTLS12';
}

/** Components whose logs can be made more or less chatty. */
export type LoggingComponent = keyof CompleteConfiguration['developerConfiguration']['logVerbosity'] &
  `virt${'API' | 'Controller' | 'Handler' | 'Launcher' | 'Operator'}`;

/** How chatty the logs of a component are to be (KubeVirt operator: `logVerbosity`); what is set for its node wins. */
export function componentVerbosity(
  { values }: ClusterConfiguration,
  component: LoggingComponent,
  nodeName?: string,
): number {
  const { logVerbosity } = values.developerConfiguration;
  const ofNode = nodeName === undefined ? undefined : logVerbosity.nodeVerbosity?.[nodeName];
  return ofNode ?? logVerbosity[component];
}
