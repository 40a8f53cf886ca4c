import type { DomainIdentity } from './domain-data.ts';

/** Lifecycle events with their details; positions are libvirt's numbers (`virDomainEventType` and its detail enums). */
const LIFECYCLE = [
  ['defined', ['added', 'updated', 'renamed', 'from-snapshot']],
  ['undefined', ['removed', 'renamed']],
  ['started', ['booted', 'migrated', 'restored', 'from-snapshot', 'wakeup']],
  [
    'suspended',
    [
      'paused',
      'migrated',
      'io-error',
      'watchdog',
      'restored',
      'from-snapshot',
      'api-error',
      'postcopy',
      'postcopy-failed',
    ],
  ],
  ['resumed', ['unpaused', 'migrated', 'from-snapshot', 'postcopy', 'postcopy-failed']],
  ['stopped', ['shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot']],
  ['shutdown', ['finished', 'guest', 'host']],
  ['pm-suspended', ['memory', 'disk']],
  ['crashed', ['panicked', 'crashloaded']],
] as const;

/** A lifecycle event and why it happened. `unknown` is a number newer than this package's table. */
export type LifecycleChange =
  | { [I in keyof typeof LIFECYCLE]: LifecycleOf<(typeof LIFECYCLE)[I]> }[number]
  | { readonly event: 'unknown'; readonly detail: 'unknown' };

type LifecycleOf<E> = E extends readonly [infer N, readonly (infer D)[]]
  ? { readonly event: N; readonly detail: D | 'unknown' }
  : never;

/** libvirt's pair of numbers as names. */
export function lifecycleChange(event: number, detail: number): LifecycleChange {
  const entry = LIFECYCLE[event];
  if (entry === undefined) return { event: 'unknown', detail: 'unknown' };
  const details: readonly string[] = entry[1];
  // Both names come out of one table row, which the compiler cannot see through the index.
  return { event: entry[0], detail: details[detail] ?? 'unknown' } as LifecycleChange;
}

/**
 * What the addon delivers. Numbers are libvirt's (libvirt-domain.h), names are made in TypeScript.
 * `connection-closed` is the only kind without a domain: `reason` is 0 error, 1 end of file, 2 keepalive timeout, 3 closed by the client.
 */
export type RawEvent =
  | { kind: 'lifecycle'; domain: DomainIdentity; event: number; detail: number }
  | { kind: 'connection-closed'; reason: number }
  | Exclude<DomainEvent, { kind: 'lifecycle' }>;

/**
 * An event of a domain. Events are hints: whoever acts on one asks libvirt for the present state.
 *
 * - `watchdog.action`, `io-error.action`, `agent.state`, `agent.reason`, `block-job.type`, `block-job.status`: libvirt's numbers
 *   (`virDomainEventWatchdogAction`, `virDomainEventIOErrorAction`, `virConnectDomainEventAgentLifecycleState` 1 connected /
 *   2 disconnected, `...Reason` 0 unknown / 1 domain started / 2 channel, `virDomainBlockJobType`,
 *   `virConnectDomainEventBlockJobStatus` 0 completed / 1 failed / 2 canceled / 3 ready).
 * - `job-completed.stats`: the finished job's statistics, named as in `virDomainGetJobStats`.
 * - `memory-device-size-change.size`: bytes.
 * - `balloon-change.actual`: KiB.
 */
export type DomainEvent = { readonly domain: DomainIdentity } & (
  | ({ readonly kind: 'lifecycle' } & LifecycleChange)
  | { readonly kind: 'reboot' }
  | { readonly kind: 'watchdog'; readonly action: number }
  | {
      readonly kind: 'io-error';
      readonly path: string;
      readonly device: string;
      readonly action: number;
      readonly reason: string;
    }
  | { readonly kind: 'block-job'; readonly disk: string; readonly type: number; readonly status: number }
  | { readonly kind: 'balloon-change'; readonly actual: number }
  | { readonly kind: 'device-removed'; readonly device: string }
  | { readonly kind: 'device-added'; readonly device: string }
  | { readonly kind: 'device-removal-failed'; readonly device: string }
  | { readonly kind: 'agent'; readonly state: number; readonly reason: number }
  | { readonly kind: 'migration-iteration'; readonly iteration: number }
  | {
      readonly kind: 'job-completed';
      readonly stats: Readonly<Record<string, number | boolean | string | string[]>>;
    }
  | { readonly kind: 'memory-device-size-change'; readonly device: string; readonly size: number }
);

/** Every kind of {@link DomainEvent}. */
export type DomainEventKind = DomainEvent['kind'];

/** All kinds; a driver that lacks one refuses the whole subscription with `no-support`. */
export const DOMAIN_EVENT_KINDS = [
  'lifecycle',
  'reboot',
  'watchdog',
  'io-error',
  'block-job',
  'balloon-change',
  'device-removed',
  'device-added',
  'device-removal-failed',
  'agent',
  'migration-iteration',
  'job-completed',
  'memory-device-size-change',
] as const satisfies readonly DomainEventKind[];

const CLOSE_REASONS = ['error', 'end-of-file', 'keepalive', 'client'] as const;

/** Why a connection ended without (or, `client`, with) our asking. */
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** libvirt's `virConnectCloseReason` as a name; a number newer than this table is `error`. */
export function closeReason(reason: number): CloseReason {
  return CLOSE_REASONS[reason] ?? 'error';
}
