import { z } from 'zod';

/**
 * The states of a machine, total and closed.
 *
 * ```
 *            define            start                 resume
 * (absent) ---------> defined ------> running <--------------- paused
 *                        ^            |  |  ^  ----- pause ----> ^
 *              undefine  |   graceful |  |  | startPaused -------+
 *                        |            v  |
 *                        |   shutting-down
 *                        |            |  | guest off, killed, crashed
 *                        +-- undefine-+--v
 *                                   stopped
 * ```
 */
export const MachineStateSchema = z.discriminatedUnion('kind', [
  /** Known, never started. */
  z.strictObject({ kind: z.literal('defined') }),
  z.strictObject({ kind: z.literal('running') }),
  z.strictObject({
    kind: z.literal('paused'),
    reason: z.enum([
      'user',
      'io-error',
      'watchdog',
      'migration',
      'post-copy-failed',
      'starting',
      'snapshot',
      'other',
    ]),
  }),
  /** A graceful stop was asked for and the guest has not gone yet. */
  z.strictObject({ kind: z.literal('shutting-down') }),
  z.strictObject({
    kind: z.literal('stopped'),
    /** `shutdown`: by the guest or gracefully; `destroyed`: by force; `failed`: the hypervisor could not run it. */
    reason: z.enum([
      'shutdown',
      'destroyed',
      'crashed',
      'panicked',
      'migrated',
      'saved',
      'failed',
      'unknown',
    ]),
  }),
]);

/** How far a memory dump is. Times in RFC 3339. */
export const MemoryDumpStateSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('running') }),
  z.strictObject({ kind: z.literal('completed'), endedAt: z.iso.datetime() }),
  z.strictObject({ kind: z.literal('failed'), endedAt: z.iso.datetime(), message: z.string() }),
]);

/** A process beside the hypervisor's that carries the packets of an interface (passt). */
export const InterfaceProcessSchema = z.strictObject({
  running: z.boolean(),
  /** How it last ended while the machine went on. */
  lastFailure: z.strictObject({ at: z.iso.datetime(), message: z.string() }).optional(),
});

/** What was seen of one machine at one moment. Never what was asked for. */
export const ObservedSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Name of the backend, for example `kvm-qemu`. */
  hypervisor: z.string(),
  state: MachineStateSchema,
  /** RFC 3339 time of observation. */
  observedAt: z.iso.datetime(),
  /** What executes guest code; absent before the first start. */
  acceleration: z.enum(['hardware', 'emulation']).optional(),
  /** The machine type that the backend settled on. */
  machineType: z.string().optional(),
  /** RFC 3339 time of the present run's start. */
  startedAt: z.iso.datetime().optional(),
  /** Process id of the hypervisor process on this host's view, where there is one. */
  pid: z.int().optional(),
  memory: z.strictObject({ currentBytes: z.int() }).optional(),
  vcpus: z.int().optional(),
  /** Present disks with the name that the guest's bus gives them (`vda`). */
  disks: z
    .array(
      z.strictObject({
        id: z.string(),
        target: z.string(),
        sizeBytes: z.int().optional(),
        /** The guest was asked to let it go and has not done so yet. */
        leaving: z.literal(true).optional(),
        /** Whether a CD-ROM drive is without a medium. */
        empty: z.literal(true).optional(),
      }),
    )
    .default([]),
  interfaces: z
    .array(
      z.strictObject({
        id: z.string(),
        mac: z.string(),
        linkUp: z.boolean(),
        /** Absent where there is none, or nobody watches it. */
        process: InterfaceProcessSchema.optional(),
      }),
    )
    .default([]),
  guestAgent: z.strictObject({ connected: z.boolean() }).default({ connected: false }),
  /** The last memory dump, of this run or an earlier one. */
  memoryDump: z
    .strictObject({ path: z.string(), startedAt: z.iso.datetime(), state: MemoryDumpStateSchema })
    .optional(),
});

export type MachineState = z.output<typeof MachineStateSchema>;
export type MemoryDumpState = z.output<typeof MemoryDumpStateSchema>;
export type InterfaceProcess = z.output<typeof InterfaceProcessSchema>;
export type Observed = z.output<typeof ObservedSchema>;
