import {
  CPUSchema,
  ClockOffsetUTCSchema,
  FeaturesSchema,
  FirmwareSchema,
  TimerSchema,
  WatchdogSchema,
  type DomainSpec,
} from '@virtkit/core-types';
import * as z from 'zod';
import { semanticallyEqual } from '../../validation/semantic-equality.ts';

/** A part of the domain that presets set. */
export interface PresetMember {
  /** Path below `spec.domain`. */
  readonly path: string;
  /** The value; undefined when unset. */
  read(this: void, domain: DomainSpec): unknown;
  /** Copies the value of `from`, which has one, into `to`, which is the caller's own copy. */
  copy(this: void, from: DomainSpec, to: DomainSpec): void;
  /** How values are compared. */
  readonly schema: z.ZodType;
}

const offset = z.object({ utc: ClockOffsetUTCSchema.optional(), timezone: z.string().optional() });

/** What presets set beside resource requests, in KubeVirt's order (KubeVirt defaulting, presets). */
export const presetMembers: readonly PresetMember[] = [
  whole('cpu', CPUSchema),
  whole('firmware', FirmwareSchema),
  {
    path: 'clock.offset',
    schema: offset,
    read: ({ clock }) => {
      const { utc, timezone } = clock ?? {};
      return utc === undefined && timezone === undefined ? undefined : { utc, timezone };
    },
    copy: (from, to) => {
      const { utc, timezone } = from.clock ?? {};
      to.clock = { ...to.clock, ...(utc && { utc }), ...(timezone !== undefined && { timezone }) };
    },
  },
  {
    path: 'clock.timer',
    schema: TimerSchema,
    read: ({ clock }) => clock?.timer,
    copy: (from, to) => {
      const timer = from.clock?.timer;
      if (timer !== undefined) to.clock = { ...to.clock, timer };
    },
  },
  whole('features', FeaturesSchema),
  {
    path: 'devices.watchdog',
    schema: WatchdogSchema,
    read: ({ devices }) => devices.watchdog,
    copy: (from, to) => void (to.devices.watchdog = from.devices.watchdog),
  },
  whole('ioThreadsPolicy', z.string()),
];

/** Whether the values of two domains are the same as KubeVirt means it. */
export function sameMember({ schema, read }: PresetMember, a: DomainSpec, b: DomainSpec): boolean {
  return semanticallyEqual(schema, read(a), read(b));
}

function whole<K extends 'cpu' | 'firmware' | 'features' | 'ioThreadsPolicy'>(
  path: K,
  schema: z.ZodType,
): PresetMember {
  return {
    path,
    schema,
    read: (domain) => domain[path],
    copy: (from, to) => void (to[path] = from[path]),
  };
}
