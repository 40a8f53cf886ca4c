// Values of the pool API; its CustomResourceDefinition admits no others.

/** KubeVirt pools: `sortPolicy`: which machines go first; `Random` is what an absent one means. */
export const poolSortPolicies = ['AscendingOrder', 'DescendingOrder', 'Newest', 'Oldest', 'Random'] as const;
export type PoolSortPolicy = (typeof poolSortPolicies)[number];

/** KubeVirt pools: `statePreservation`: whether the storage of a removed machine stays for its successor. */
export const statePreservations = ['Disabled', 'Offline', 'Online'] as const;
export type StatePreservation = (typeof statePreservations)[number];
