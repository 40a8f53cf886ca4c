import { z } from 'zod';

/** What the guest agent says about the guest's operating system and network. */
export const GuestInfoSchema = z.strictObject({
  agentVersion: z.string(),
  /** Names of enabled agent commands. */
  supportedCommands: z.array(z.string()),
  /** Names of commands that the agent knows and was told not to carry out. */
  disabledCommands: z.array(z.string()).optional(),
  hostname: z.string().optional(),
  os: z
    .strictObject({
      id: z.string().optional(),
      name: z.string().optional(),
      prettyName: z.string().optional(),
      version: z.string().optional(),
      versionId: z.string().optional(),
      kernelRelease: z.string().optional(),
      kernelVersion: z.string().optional(),
      machine: z.string().optional(),
    })
    .optional(),
  timezone: z.strictObject({ name: z.string(), offsetSeconds: z.int() }).optional(),
  interfaces: z
    .array(
      z.strictObject({
        name: z.string(),
        mac: z.string().optional(),
        /** Addresses without prefix length. */
        addresses: z.array(
          z.strictObject({ family: z.enum(['ipv4', 'ipv6']), address: z.string(), prefix: z.int() }),
        ),
      }),
    )
    .default([]),
});

/** A user that is logged in inside the guest. `loginTime` is seconds since the epoch, with fraction. */
export const GuestUserSchema = z.strictObject({
  name: z.string(),
  domain: z.string().optional(),
  loginTime: z.number(),
});

/** A mounted file system inside the guest; sizes in bytes, absent where the guest does not say. */
export const GuestFilesystemSchema = z.strictObject({
  diskName: z.string(),
  mountPoint: z.string(),
  type: z.string(),
  usedBytes: z.int().optional(),
  totalBytes: z.int().optional(),
  disks: z.array(z.strictObject({ busType: z.string(), serial: z.string().optional() })).default([]),
});

export type GuestInfo = z.output<typeof GuestInfoSchema>;
export type GuestUser = z.output<typeof GuestUserSchema>;
export type GuestFilesystem = z.output<typeof GuestFilesystemSchema>;
