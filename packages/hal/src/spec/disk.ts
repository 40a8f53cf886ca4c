import { z } from 'zod';
import { PciAddressSchema } from './pci.ts';

const path = z.string().startsWith('/');

/** Where a disk's bytes come from. Paths are absolute and as seen by the process that runs the hypervisor. */
export const DiskSourceSchema = z.discriminatedUnion('kind', [
  /** A file that the guest writes to directly. */
  z.strictObject({ kind: z.literal('file'), path, format: z.enum(['raw', 'qcow2']) }),
  /** A block device that the guest writes to directly. */
  z.strictObject({ kind: z.literal('block'), path }),
  /** A read-only image or block device; the guest's writes go to an overlay that is lost when the machine is undefined. */
  z.strictObject({
    kind: z.literal('ephemeral'),
    path,
    format: z.enum(['raw', 'qcow2']),
    block: z.boolean().optional(),
  }),
  /** An empty disk of this size, lost when the machine is undefined. */
  z.strictObject({ kind: z.literal('scratch'), sizeBytes: z.int().min(512) }),
  /** A small ISO 9660 volume made of these files (UTF-8 text), for example a NoCloud seed labelled `cidata`. */
  z.strictObject({
    kind: z.literal('seed'),
    volumeLabel: z.string().min(1).max(32),
    files: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/),
          content: z.string(),
        }),
      )
      .min(1),
  }),
  /**
   * An ISO 9660 volume made of a folder's files as they are when the machine is defined. Files whose names begin
   * with two dots are left out. `requiresOneOf` are names of which one must be there, in whatever case.
   */
  z.strictObject({
    kind: z.literal('folder'),
    path,
    volumeLabel: z.string().min(1).max(32),
    requiresOneOf: z.array(z.string().min(1)).optional(),
  }),
  /** A file or block device behind an overlay that remembers which blocks changed. `path` is the overlay. */
  z.strictObject({
    kind: z.literal('tracked'),
    path,
    data: z.strictObject({ path, block: z.boolean() }),
  }),
  /** No medium, in a drive that can take one. */
  z.strictObject({ kind: z.literal('empty') }),
]);

/** Sizes in bytes that a disk reports to the guest. */
export const BlockSizesSchema = z.strictObject({
  logical: z.int().min(512),
  physical: z.int().min(512),
  discardGranularity: z.int().min(0).optional(),
});

/** One disk, CD-ROM drive or the like. */
export const DiskSchema = z.strictObject({
  /** Unique in the machine; comes back in `Observed.disks` (Virtkit uses the disk's name). */
  id: z.string().min(1),
  /** A `lun` passes SCSI commands through to its device. */
  device: z.enum(['disk', 'cdrom', 'lun']),
  bus: z.enum(['virtio', 'sata', 'scsi', 'usb']),
  source: DiskSourceSchema,
  readOnly: z.boolean().default(false),
  /** Whether the drive's tray is open; only for CD-ROM drives. Absent: closed. */
  trayOpen: z.boolean().optional(),
  /** Name that the disk had before and keeps, such as `vdb`; absent: the first free one of its bus. */
  target: z
    .string()
    .regex(/^[sv]d[a-z]{1,3}$/)
    .optional(),
  /** Lower boots first; absent means not bootable while another device has an order. */
  bootOrder: z.int().min(1).optional(),
  serial: z.string().max(256).optional(),
  cache: z.enum(['none', 'writethrough', 'writeback']).optional(),
  /** How the hypervisor reads and writes: with the kernel's asynchronous I/O, or with threads. */
  io: z.enum(['native', 'threads']).optional(),
  /** Whether blocks that the guest discards are given back. Absent: yes. */
  discard: z.boolean().optional(),
  /** What the guest sees of a failed read or write; `stop` pauses it. Absent: `stop`. */
  errorPolicy: z.enum(['stop', 'ignore', 'report', 'enospace']).optional(),
  /** Request queues; only on virtio. */
  queues: z.int().min(1).optional(),
  /** Several machines may write to it at the same time. */
  shareable: z.boolean().optional(),
  blockSizes: BlockSizesSchema.optional(),
  /** I/O threads that serve it, by number from 1; one, or all of a pool. Only on virtio. */
  ioThreads: z.array(z.int().min(1)).min(1).optional(),
  /** Where on the guest's PCI bus it is; only on virtio. */
  pciAddress: PciAddressSchema.optional(),
  /** Socket of the helper that carries out SCSI persistent reservations; only for a `lun`. */
  reservationsSocket: path.optional(),
});

export type DiskSource = z.output<typeof DiskSourceSchema>;
export type BlockSizes = z.output<typeof BlockSizesSchema>;
export type Disk = z.output<typeof DiskSchema>;
