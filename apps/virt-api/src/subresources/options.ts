import { CoreTypesError, Duration } from '@virtkit/core-types';
import { z } from 'zod';

const dryRun = z.array(z.string()).nullish();

/** Bodies of the operations; unknown members are ignored (KubeVirt subresources, option types). */
export const StartOptionsSchema = z.object({ paused: z.boolean().optional(), dryRun });
export type StartOptions = z.output<typeof StartOptionsSchema>;

export const StopOptionsSchema = z.object({ gracePeriod: z.int().nullable().optional(), dryRun });
export type StopOptions = z.output<typeof StopOptionsSchema>;

export const RestartOptionsSchema = z.object({ gracePeriodSeconds: z.int().nullable().optional(), dryRun });
export type RestartOptions = z.output<typeof RestartOptionsSchema>;

export const MigrateOptionsSchema = z.object({
  addedNodeSelector: z.record(z.string(), z.string()).nullish(),
  dryRun,
});

export const PlainOptionsSchema = z.object({ dryRun });

/** A Go duration; 0 means that nothing thaws by itself. That it must be there is for the node agent to say. */
export const FreezeOptionsSchema = z.object({
  unfreezeTimeout: z.string().refine(isDuration, 'not a duration').nullish(),
});

/** The disk and the source are judged with the object that they become part of. */
const apiPart = z.record(z.string(), z.unknown());

export const AddVolumeOptionsSchema = z.object({
  name: z.string().default(''),
  disk: apiPart.nullish(),
  volumeSource: z
    .object({ persistentVolumeClaim: apiPart.nullish(), dataVolume: apiPart.nullish() })
    .nullish(),
  dryRun,
});
export type AddVolumeOptions = z.output<typeof AddVolumeOptionsSchema>;

export const RemoveVolumeOptionsSchema = z.object({ name: z.string().default(''), dryRun });

export const MemoryDumpRequestSchema = z.object({ claimName: z.string().default('') });

export const EvacuateCancelOptionsSchema = z.object({ evacuationNodeName: z.string().default(''), dryRun });

export const SevSessionOptionsSchema = z.object({
  session: z.string().default(''),
  dhCert: z.string().default(''),
});

export const SevSecretOptionsSchema = z.object({
  header: z.string().optional(),
  secret: z.string().optional(),
});

export const BackupOptionsSchema = apiPart;

export const ObjectGraphOptionsSchema = z.object({
  includeOptionalNodes: z.boolean().nullish(),
  labelSelector: z
    .object({
      matchLabels: z.record(z.string(), z.string()).optional(),
      matchExpressions: z
        .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }))
        .optional(),
    })
    .nullish(),
});
export type ObjectGraphOptions = z.output<typeof ObjectGraphOptionsSchema>;

function isDuration(text: string): boolean {
  try {
    Duration.parse(text);
    return true;
  } catch (error) {
    if (error instanceof CoreTypesError) return false;
    throw error;
  }
}

/** Whether nothing is to be changed: only the first element says so. */
export function isDryRun(options: { dryRun?: string[] | null | undefined }): boolean {
  return options.dryRun?.[0] === 'All';
}
