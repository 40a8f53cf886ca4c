import {
  deprecatedCPUTopologies,
  preferredCPUTopologies,
  spreadAcross,
  type CPU,
  type PreferredCPUTopology,
  type SpreadAcross,
  type VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';

/** How virtual CPUs are spread. */
export interface SpreadOptions {
  readonly across: SpreadAcross;
  /** Units of the lower level for each of the upper one; at least 1. */
  readonly ratio: number;
}

/** Topologies by how they may be written; some spellings are deprecated. */
export const topologySpellings: ReadonlyMap<string, PreferredCPUTopology> = new Map([
  ...preferredCPUTopologies.map((name) => [name, name] as const),
  ...Object.entries(deprecatedCPUTopologies),
]);

/** Ratio of a spread whose preference names none. */
const defaultRatio = 2;

/** The topology that a preference asks for; sockets where it is silent or not understood. */
export function preferredTopology(
  preference: VirtualMachinePreferenceSpec | undefined,
): PreferredCPUTopology {
  return topologySpellings.get(preference?.cpu?.preferredCPUTopology ?? '') ?? 'sockets';
}

/**
 * How a preference spreads: `spreadOptions` before the older ratio, 2 across sockets and cores where it is silent. A ratio of 0
 * says nothing, because nothing can be divided by it.
 */
export function spreadOptions(preference: VirtualMachinePreferenceSpec | undefined): SpreadOptions {
  const { spreadOptions: given } = preference?.cpu ?? {};
  return {
    across: spreadAcross.find((target) => target === given?.across) ?? 'SocketsCores',
    ratio: given?.ratio || preference?.preferSpreadSocketToCoreRatio || defaultRatio,
  };
}

/** The members of a guest's CPU topology that a spread fills, in the order in which KubeVirt names them. */
export const spreadMembers: Readonly<Record<SpreadAcross, readonly ('sockets' | 'cores' | 'threads')[]>> = {
  SocketsCores: ['sockets', 'cores'],
  CoresThreads: ['cores', 'threads'],
  SocketsCoresThreads: ['sockets', 'cores', 'threads'],
};

/**
 * The topology of a guest with this number of virtual CPUs (KubeVirt defaulting, instancetype application). A spread that does
 * not come out even is rounded down to at least 1; admission refuses it (SPR rules).
 */
export function guestTopology(
  vcpus: number,
  preference: VirtualMachinePreferenceSpec | undefined,
): Required<Pick<CPU, 'sockets' | 'cores' | 'threads'>> {
  const single = { sockets: 1, cores: 1, threads: 1 };
  if (vcpus <= 1) return single;
  const topology = preferredTopology(preference);
  switch (topology) {
    case 'sockets':
    case 'any':
      return { ...single, sockets: vcpus };
    case 'cores':
      return { ...single, cores: vcpus };
    case 'threads':
      return { ...single, threads: vcpus };
    case 'spread':
      return { ...single, ...spread(vcpus, spreadOptions(preference)) };
    default:
      return topology satisfies never;
  }
}

function spread(vcpus: number, { across, ratio }: SpreadOptions): Pick<CPU, 'sockets' | 'cores' | 'threads'> {
  const share = (divisor: number) => Math.max(1, Math.floor(vcpus / divisor));
  switch (across) {
    case 'SocketsCores':
      return { cores: ratio, sockets: share(ratio) };
    case 'CoresThreads':
      return { threads: ratio, cores: share(ratio) };
    case 'SocketsCoresThreads':
      return { threads: 2, cores: ratio, sockets: share(2 * ratio) };
    default:
      return across satisfies never;
  }
}
