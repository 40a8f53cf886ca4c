// Guest clock and timers.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int32 } from '../schema/scalars.ts';

export const HPETTimerSchema = apiObject('High precision event timer.', {
  present: z.boolean().optional(),
  tickPolicy: z.string().optional(),
});
export type HPETTimer = z.output<typeof HPETTimerSchema>;

export const HypervTimerSchema = apiObject('Hyper-V reference clock.', {
  present: z.boolean().optional(),
});
export type HypervTimer = z.output<typeof HypervTimerSchema>;

export const KVMTimerSchema = apiObject('KVM clock.', {
  present: z.boolean().optional(),
});
export type KVMTimer = z.output<typeof KVMTimerSchema>;

export const PITTimerSchema = apiObject('Programmable interval timer.', {
  present: z.boolean().optional(),
  tickPolicy: z.string().optional(),
});
export type PITTimer = z.output<typeof PITTimerSchema>;

export const RTCTimerSchema = apiObject('Real-time clock.', {
  present: z.boolean().optional(),
  tickPolicy: z.string().optional(),
  track: z.string().optional(),
});
export type RTCTimer = z.output<typeof RTCTimerSchema>;

export const TimerSchema = apiObject('Timers offered to the guest.', {
  hpet: HPETTimerSchema.optional(),
  hyperv: HypervTimerSchema.optional(),
  kvm: KVMTimerSchema.optional(),
  pit: PITTimerSchema.optional(),
  rtc: RTCTimerSchema.optional(),
});
export type Timer = z.output<typeof TimerSchema>;

export const ClockOffsetUTCSchema = apiObject('Offset of the guest clock from UTC.', {
  offsetSeconds: int32().optional(),
});
export type ClockOffsetUTC = z.output<typeof ClockOffsetUTCSchema>;

export const ClockOffsetSchema = apiObject('What the guest clock starts from; one member is set.', {
  timezone: z.string().optional(),
  utc: ClockOffsetUTCSchema.optional(),
});
export type ClockOffset = z.output<typeof ClockOffsetSchema>;

export const ClockSchema = apiObject('Guest clock: base and timers.', {
  timer: TimerSchema.optional(),
  timezone: z.string().optional(),
  utc: ClockOffsetUTCSchema.optional(),
});
export type Clock = z.output<typeof ClockSchema>;
