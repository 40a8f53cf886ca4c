// Values that the instancetype API gives a meaning to; admission decides about others.

/** KubeVirt instancetypes: `spec.cpu.preferredCPUTopology` of a preference: where virtual CPUs go first. */
export const preferredCPUTopologies = ['sockets', 'cores', 'threads', 'spread', 'any'] as const;
export type PreferredCPUTopology = (typeof preferredCPUTopologies)[number];

/** KubeVirt instancetypes: older names of the topologies, still accepted with a warning, and what they are called now. */
export const deprecatedCPUTopologies = {
  preferSockets: 'sockets',
  preferCores: 'cores',
  preferThreads: 'threads',
  preferSpread: 'spread',
  preferAny: 'any',
} as const satisfies Readonly<Record<string, PreferredCPUTopology>>;
/** KubeVirt instancetypes: an older name of a topology. */
export type DeprecatedCPUTopology = keyof typeof deprecatedCPUTopologies;

/** KubeVirt instancetypes: `spec.cpu.spreadOptions.across` of a preference; the first is what an absent one means. */
export const spreadAcross = ['SocketsCores', 'CoresThreads', 'SocketsCoresThreads'] as const;
export type SpreadAcross = (typeof spreadAcross)[number];
