// Features of the virtual hardware.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int64 } from '../schema/scalars.ts';

export const FeatureStateSchema = apiObject('A feature that can be switched; absent `enabled` means on.', {
  enabled: z.boolean().optional(),
});
export type FeatureState = z.output<typeof FeatureStateSchema>;

export const FeatureAPICSchema = apiObject('The interrupt controller.', {
  enabled: z.boolean().optional(),
  endOfInterrupt: z.boolean().optional(),
});
export type FeatureAPIC = z.output<typeof FeatureAPICSchema>;

export const FeatureKVMSchema = apiObject('How far the guest can tell that it runs on KVM.', {
  hidden: z.boolean().optional(),
});
export type FeatureKVM = z.output<typeof FeatureKVMSchema>;

export const FeatureSpinlocksSchema = apiObject('Retries before a guest yields on a spin lock.', {
  enabled: z.boolean().optional(),
  spinlocks: int64().optional(),
});
export type FeatureSpinlocks = z.output<typeof FeatureSpinlocksSchema>;

export const FeatureVendorIDSchema = apiObject('Hypervisor vendor shown to the guest.', {
  enabled: z.boolean().optional(),
  vendorid: z.string().optional(),
});
export type FeatureVendorID = z.output<typeof FeatureVendorIDSchema>;

export const SyNICTimerSchema = apiObject('Synthetic timers.', {
  direct: FeatureStateSchema.optional(),
  enabled: z.boolean().optional(),
});
export type SyNICTimer = z.output<typeof SyNICTimerSchema>;

export const TLBFlushSchema = apiObject('Paravirtual TLB flush.', {
  direct: FeatureStateSchema.optional(),
  enabled: z.boolean().optional(),
  extended: FeatureStateSchema.optional(),
});
export type TLBFlush = z.output<typeof TLBFlushSchema>;

export const FeatureHypervSchema = apiObject('Hyper-V enlightenments for Windows guests.', {
  evmcs: FeatureStateSchema.optional(),
  frequencies: FeatureStateSchema.optional(),
  ipi: FeatureStateSchema.optional(),
  reenlightenment: FeatureStateSchema.optional(),
  relaxed: FeatureStateSchema.optional(),
  reset: FeatureStateSchema.optional(),
  runtime: FeatureStateSchema.optional(),
  spinlocks: FeatureSpinlocksSchema.optional(),
  synic: FeatureStateSchema.optional(),
  synictimer: SyNICTimerSchema.optional(),
  tlbflush: TLBFlushSchema.optional(),
  vapic: FeatureStateSchema.optional(),
  vendorid: FeatureVendorIDSchema.optional(),
  vpindex: FeatureStateSchema.optional(),
});
export type FeatureHyperv = z.output<typeof FeatureHypervSchema>;

/** Enlightenments that are no more than a switch. */
export const plainEnlightenments = [
  'relaxed',
  'vapic',
  'vpindex',
  'runtime',
  'synic',
  'reset',
  'frequencies',
  'reenlightenment',
  'ipi',
  'evmcs',
] as const satisfies readonly (keyof FeatureHyperv)[];

export const HyperVPassthroughSchema = apiObject('All Hyper-V enlightenments that the host supports.', {
  enabled: z.boolean().optional(),
});
export type HyperVPassthrough = z.output<typeof HyperVPassthroughSchema>;

export const FeaturesSchema = apiObject('Features of the virtual hardware.', {
  acpi: FeatureStateSchema.optional(),
  apic: FeatureAPICSchema.optional(),
  hyperv: FeatureHypervSchema.optional(),
  hypervPassthrough: HyperVPassthroughSchema.optional(),
  kvm: FeatureKVMSchema.optional(),
  pvspinlock: FeatureStateSchema.optional(),
  smm: FeatureStateSchema.optional(),
});
export type Features = z.output<typeof FeaturesSchema>;
