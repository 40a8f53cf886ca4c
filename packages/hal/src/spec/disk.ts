import { z } from 'zod';

/** Where a disk's bytes come from. Paths are absolute and as seen by the process that runs the hypervisor. */
export const DiskSourceSchema = z.discriminatedUnion('kind', [
  /** A file that the guest writes to directly. */
  z.strictObject({
    kind: z.literal('file'),
    path: z.string().startsWith('/'),
    format: z.enum(['raw', 'qcow2']),
  }),
  /** A block device that the guest writes to directly. */
  z.strictObject({ kind: z.literal('block'), path: z.string().startsWith('/') }),
  /** A read-only image; the guest's writes go to an overlay that is lost when the machine is undefined. */
  z.strictObject({
    kind: z.literal('ephemeral'),
    path: z.string().startsWith('/'),
    format: z.enum(['raw', 'qcow2']),
  }),
  /** An empty disk of this size, lost when the machine is undefined. */
  z.strictObject({ kind: z.literal('scratch'), sizeBytes: z.int().min(512) }),
  /** A small read-only ISO 9660 volume made of these files (UTF-8 text), for example a NoCloud seed labelled `cidata`. */
  z.strictObject({
    kind: z.literal('seed'),
    volumeLabel: z.string().min(1).max(32),
    files: z
      .array(z.strictObject({ name: z.string().regex(/^[A-Za-z0-9_.-]+$/), content: z.string() }))
      .min(1),
  }),
]);

/** One disk, CD-ROM drive or the like. */
export const DiskSchema = z.strictObject({
  /** Unique in the machine; comes back in `Observed.disks` (Virtkit uses the disk's name). */
  id: z.string().min(1),
  device: z.enum(['disk', 'cdrom']),
  bus: z.enum(['virtio', 'sata', 'scsi', 'usb']),
  source: DiskSourceSchema,
  readOnly: z.boolean().default(false),
  /** Lower boots first; absent means not bootable while another device has an order. */
  bootOrder: z.int().min(1).optional(),
  serial: z.string().max(256).optional(),
  cache: z.enum(['none', 'writethrough', 'writeback']).optional(),
});

export type DiskSource = z.output<typeof DiskSourceSchema>;
export type Disk = z.output<typeof DiskSchema>;
