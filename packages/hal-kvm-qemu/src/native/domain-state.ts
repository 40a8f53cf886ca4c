/** Why a domain is in its state, by state; positions are libvirt's numbers (`virDomain*Reason`, libvirt-domain.h). */
const REASONS = {
  'no-state': ['unknown'],
  running: [
    'unknown',
    'booted',
    'migrated',
    'restored',
    'from-snapshot',
    'unpaused',
    'migration-canceled',
    'save-canceled',
    'wakeup',
    'crashed',
    'postcopy',
    'postcopy-failed',
  ],
  blocked: ['unknown'],
  paused: [
    'unknown',
    'user',
    'migration',
    'save',
    'dump',
    'io-error',
    'watchdog',
    'from-snapshot',
    'shutting-down',
    'snapshot',
    'crashed',
    'starting-up',
    'postcopy',
    'postcopy-failed',
  ],
  shutdown: ['unknown', 'user'],
  shutoff: [
    'unknown',
    'shutdown',
    'destroyed',
    'crashed',
    'migrated',
    'saved',
    'failed',
    'from-snapshot',
    'daemon',
  ],
  crashed: ['unknown', 'panicked'],
  'pm-suspended': ['unknown'],
} as const;

/** Positions are libvirt's numbers (`virDomainState`). */
const STATES = [
  'no-state',
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pm-suspended',
] as const;

/** A domain's state with the reason for it. `shutdown` is "being shut down", `shutoff` is "not running". */
export type DomainState = {
  [S in keyof typeof REASONS]: { readonly state: S; readonly reason: (typeof REASONS)[S][number] };
}[keyof typeof REASONS];

/** The name of a state alone. */
export type DomainStateName = DomainState['state'];

/** libvirt's state number as a name; a number newer than this table is `no-state`. */
export function domainStateName(state: number): DomainStateName {
  return STATES[state] ?? 'no-state';
}

/** libvirt's pair of numbers as names; a reason newer than this table is `unknown`. */
export function domainState(state: number, reason: number): DomainState {
  const name = domainStateName(state);
  const reasons: readonly string[] = REASONS[name];
  // The pair comes out of one table, which the compiler cannot see through the two look-ups.
  return { state: name, reason: reasons[reason] ?? 'unknown' } as DomainState;
}
