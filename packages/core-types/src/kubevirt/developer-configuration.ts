// Feature gates and tuning for developers.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, int64, quantity } from '../schema/scalars.ts';

export const DiskVerificationSchema = apiObject('Limits of the disk image check.', {
  memoryLimit: quantity(),
});
export type DiskVerification = z.output<typeof DiskVerificationSchema>;

export const LogVerbositySchema = apiObject('Log level of each component.', {
  nodeVerbosity: z.record(z.string(), int32()).optional(),
  virtAPI: int32().optional(),
  virtController: int32().optional(),
  virtHandler: int32().optional(),
  virtLauncher: int32().optional(),
  virtOperator: int32().optional(),
  virtSynchronizationController: int32().optional(),
});
export type LogVerbosity = z.output<typeof LogVerbositySchema>;

export const DeveloperConfigurationSchema = apiObject('Feature gates and tuning.', {
  clusterProfiler: z.boolean().optional(),
  cpuAllocationRatio: int32().optional(),
  disabledFeatureGates: atomicList(z.string()).describe('Features to switch off.').optional(),
  diskVerification: DiskVerificationSchema.optional(),
  featureGates: atomicList(z.string()).describe('Features to switch on.').optional(),
  logVerbosity: LogVerbositySchema.optional(),
  memoryOvercommit: int32().min(10).describe('Guest memory in percent of what the pod asks for.').optional(),
  minimumClusterTSCFrequency: int64().optional(),
  minimumReservePVCBytes: int64().optional(),
  nodeSelectors: z.record(z.string(), z.string()).optional(),
  pvcTolerateLessSpaceUpToPercent: int32().optional(),
  useEmulation: z.boolean().describe('Emulate guests on nodes without hardware virtualization.').optional(),
});
export type DeveloperConfiguration = z.output<typeof DeveloperConfigurationSchema>;
