import { z } from 'zod';

/** A launcher that failed and whose log its node keeps. */
export const FailedLauncherSchema = z.object({
  namespace: z.string(),
  /** Name and UID of the VirtualMachineInstance. */
  name: z.string(),
  uid: z.string(),
  pod: z.string(),
  podUID: z.string(),
  node: z.string(),
  /** When it failed, RFC 3339. */
  failedAt: z.string(),
  /** Of the launcher's container. */
  exitCode: z.int().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

/** A launcher that failed and whose log its node keeps. */
export type FailedLauncher = z.output<typeof FailedLauncherSchema>;

/** What the subresource `launcherlogs` of an instance tells, an addition of Virtkit: the launcher that failed last comes first. */
export const LauncherLogListSchema = z.object({
  items: z.array(FailedLauncherSchema),
  /** Nodes that could not be asked, and why. */
  unreachable: z.array(z.object({ node: z.string(), message: z.string() })).default([]),
});

/** What the subresource `launcherlogs` of an instance tells. */
export type LauncherLogList = z.output<typeof LauncherLogListSchema>;
