import type {
  VirtualMachineClusterInstancetype,
  VirtualMachineClusterPreference,
  VirtualMachineInstancetype,
  VirtualMachinePreference,
} from '@virtkit/core-types';
import type { ManifestFacts } from './machine/build.ts';
import { flagError, needed, parseParameters } from './parameters.ts';

const apiVersion = 'instancetype.kubevirt.io/v1beta1';

/** The flags of `create instancetype`; absent ones were not given. */
export interface InstancetypeFlags {
  readonly cpu: string;
  readonly memory: string;
  readonly name?: string | undefined;
  readonly namespaced?: boolean | undefined;
  readonly gpu?: readonly string[] | undefined;
  readonly hostdevice?: readonly string[] | undefined;
  readonly iothreadspolicy?: string | undefined;
}

/** An instance type of one namespace or of the whole cluster. @throws VirtctlError `usage` */
export function instancetypeManifest(
  flags: InstancetypeFlags,
  facts: ManifestFacts,
): VirtualMachineInstancetype | VirtualMachineClusterInstancetype {
  const guest = Number(flags.cpu);
  if (!/^\d{1,9}$/.test(flags.cpu) || guest < 1) throw flagError('cpu', 'it must be a number greater than 0');
  if (!/^\d+(\.\d+)?([KMGTPE]i|[kMGTPE])?$/.test(flags.memory))
    throw flagError('memory', `invalid size "${flags.memory}"`);
  const { iothreadspolicy: policy, gpu = [], hostdevice = [] } = flags;
  if (policy !== undefined && policy !== 'auto' && policy !== 'shared')
    throw flagError('iothreadspolicy', `invalid policy "${policy}": it is auto or shared`);
  return {
    apiVersion,
    ...identity(
      flags,
      facts,
      'VirtualMachineInstancetype',
      'VirtualMachineClusterInstancetype',
      'instancetype',
    ),
    spec: {
      cpu: { guest },
      memory: { guest: flags.memory },
      ...(gpu.length === 0 ? {} : { gpus: gpu.map((text) => device('gpu', text)) }),
      ...(hostdevice.length === 0
        ? {}
        : { hostDevices: hostdevice.map((text) => device('hostdevice', text)) }),
      ...(policy === undefined ? {} : { ioThreadsPolicy: policy }),
    },
  };
}

function device(flag: string, text: string): { name: string; deviceName: string } {
  const parameters = parseParameters(flag, text, ['name', 'devicename']);
  return { name: needed(flag, parameters, 'name'), deviceName: needed(flag, parameters, 'devicename') };
}

/** The flags of `create preference`; absent ones were not given. */
export interface PreferenceFlags {
  readonly name?: string | undefined;
  readonly namespaced?: boolean | undefined;
  readonly volumeStorageClass?: string | undefined;
  readonly machineType?: string | undefined;
  readonly cpuTopology?: string | undefined;
}

const topologies = ['sockets', 'cores', 'threads', 'spread', 'any'];
const deprecatedTopologies = ['preferSockets', 'preferCores', 'preferThreads', 'preferSpread', 'preferAny'];

/** A preference of one namespace or of the whole cluster. @throws VirtctlError `usage` */
export function preferenceManifest(
  flags: PreferenceFlags,
  facts: ManifestFacts,
): VirtualMachinePreference | VirtualMachineClusterPreference {
  const { cpuTopology, machineType, volumeStorageClass } = flags;
  if (cpuTopology !== undefined && ![...topologies, ...deprecatedTopologies].includes(cpuTopology))
    throw flagError('cpu-topology', `invalid topology "${cpuTopology}": it is ${topologies.join(', ')}`);
  return {
    apiVersion,
    ...identity(flags, facts, 'VirtualMachinePreference', 'VirtualMachineClusterPreference', 'preference'),
    spec: {
      ...(cpuTopology === undefined ? {} : { cpu: { preferredCPUTopology: cpuTopology } }),
      ...(machineType === undefined ? {} : { machine: { preferredMachineType: machineType } }),
      ...(volumeStorageClass === undefined
        ? {}
        : { volumes: { preferredStorageClassName: volumeStorageClass } }),
    },
  };
}

/** Kind and name: a namespace that is named makes the object one of that namespace. */
function identity(
  flags: { readonly name?: string | undefined; readonly namespaced?: boolean | undefined },
  { namespace, suffix }: ManifestFacts,
  namespacedKind: string,
  clusterKind: string,
  prefix: string,
) {
  const namespaced = flags.namespaced === true || namespace !== undefined;
  const name = flags.name ?? `${namespaced ? '' : 'cluster'}${prefix}-${suffix()}`;
  return {
    kind: namespaced ? namespacedKind : clusterKind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  };
}
