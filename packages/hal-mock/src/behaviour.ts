import { HalError, type MachineSpec } from '@virtkit/hal';
import { z } from 'zod';

const milliseconds = z.number().min(0).max(86_400_000);

/** How a mock guest behaves. Times are guest milliseconds: they stand still while the machine is paused. */
export const GuestBehaviourSchema = z.strictObject({
  /** What the guest writes to its console while it boots; it has booted at the last stage. */
  boot: z
    .array(z.strictObject({ afterMs: milliseconds, console: z.string().max(65_536).default('') }))
    .max(256)
    .default([
      { afterMs: 0, console: 'mock firmware: booting\r\n' },
      { afterMs: 10, console: 'mock kernel: 1 console, 0 bugs\r\n' },
      { afterMs: 20, console: 'mock login: ' },
    ]),
  /** When the guest agent connects, after boot began; null means that the guest has none. */
  agentAfterMs: milliseconds.nullable().default(20),
  /** Whether and how fast the guest, once booted, obeys a request to shut down or reboot. */
  shutdown: z
    .strictObject({ obeys: z.boolean().default(true), afterMs: milliseconds.default(10) })
    .default({ obeys: true, afterMs: 10 }),
  /** Whether and how fast the guest, once booted, lets a disk go that it is asked for. */
  unplug: z
    .strictObject({ obeys: z.boolean().default(true), afterMs: milliseconds.default(10) })
    .default({ obeys: true, afterMs: 10 }),
  /** How long a memory dump takes, and why it fails if it does. */
  memoryDump: z
    .strictObject({ afterMs: milliseconds.default(10), failure: z.string().min(1).optional() })
    .default({ afterMs: 10 }),
  /** `echo` answers with what it was sent; `silent` never writes anything, not even while booting. */
  console: z.enum(['echo', 'silent']).default('echo'),
  /** Things that happen by themselves, counted from the start of each boot. */
  incidents: z
    .array(
      z.strictObject({
        afterMs: milliseconds,
        kind: z.enum(['shutdown', 'reboot', 'crash', 'panic', 'io-error', 'watchdog', 'agent-lost']),
      }),
    )
    .max(64)
    .default([]),
});

export type GuestBehaviour = z.output<typeof GuestBehaviourSchema>;
export type GuestBehaviourInput = z.input<typeof GuestBehaviourSchema>;

/**
 * The behaviour of one machine's guest: the host's, with what the spec says under `backend.mock` put over it.
 * @throws HalError `invalid-spec` with the field.
 */
export function behaviourOf(spec: MachineSpec, hostDefault: GuestBehaviour): GuestBehaviour {
  const own = spec.backend.mock;
  if (own === undefined || own === null) return hostDefault;
  // `partial` would fill in defaults of its own: only what the spec really names may replace the host's behaviour.
  const merged: unknown = typeof own === 'object' && !Array.isArray(own) ? { ...hostDefault, ...own } : own;
  const result = GuestBehaviourSchema.safeParse(merged);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new HalError('invalid-spec', `mock guest behaviour: ${issue.message}`, {
    field: ['', 'backend', 'mock', ...issue.path].map(String).join('/'),
    cause: result.error,
  });
}
