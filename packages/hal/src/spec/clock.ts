import { z } from 'zod';

const tickPolicy = z.enum(['delay', 'catchup', 'merge', 'discard']);

/** One timer of the guest and whether it is there; timers that are not named are as the machine type has them. */
export const TimerSchema = z.discriminatedUnion('kind', [
  /** Real-time clock; `track` is the clock that it follows. */
  z.strictObject({
    kind: z.literal('rtc'),
    present: z.boolean(),
    tickPolicy: tickPolicy.optional(),
    track: z.enum(['guest', 'wall']).optional(),
  }),
  /** Programmable interval timer. */
  z.strictObject({ kind: z.literal('pit'), present: z.boolean(), tickPolicy: tickPolicy.optional() }),
  /** High precision event timer. */
  z.strictObject({ kind: z.literal('hpet'), present: z.boolean(), tickPolicy: tickPolicy.optional() }),
  /** KVM's paravirtual clock. */
  z.strictObject({ kind: z.literal('kvm'), present: z.boolean() }),
  /** Hyper-V's reference time counter. */
  z.strictObject({ kind: z.literal('hyperv'), present: z.boolean() }),
  /** Time stamp counter at a fixed frequency, so that guests may move between hosts. */
  z.strictObject({ kind: z.literal('tsc'), frequencyHz: z.int().min(1) }),
]);

/** What the guest's hardware clock shows when it starts, and its timers. Without a base it is UTC. */
export const ClockSchema = z.strictObject({
  base: z
    .discriminatedUnion('kind', [
      /** UTC and this offset; without one the guest's own settings of the clock are forgotten at each start. */
      z.strictObject({ kind: z.literal('utc'), offsetSeconds: z.int().optional() }),
      /** Local time of an IANA time zone. */
      z.strictObject({ kind: z.literal('timezone'), name: z.string().min(1) }),
    ])
    .optional(),
  timers: z.array(TimerSchema).default([]),
});

export type Clock = z.output<typeof ClockSchema>;
export type Timer = z.output<typeof TimerSchema>;
