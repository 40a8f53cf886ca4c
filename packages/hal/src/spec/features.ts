import { z } from 'zod';

const onOrOff = z.boolean().optional();

/** Hyper-V enlightenments, one by one; an absent member is left to the hypervisor, `false` switches it off. */
export const EnlightenmentsSchema = z.strictObject({
  relaxed: onOrOff,
  vapic: onOrOff,
  /** Retries before a waiting guest CPU yields. */
  spinlocks: z.strictObject({ enabled: z.boolean(), retries: z.int().min(1).optional() }).optional(),
  vpindex: onOrOff,
  runtime: onOrOff,
  synic: onOrOff,
  stimer: z.strictObject({ enabled: z.boolean(), direct: onOrOff }).optional(),
  reset: onOrOff,
  vendorId: z.strictObject({ enabled: z.boolean(), value: z.string().max(12).optional() }).optional(),
  frequencies: onOrOff,
  reenlightenment: onOrOff,
  tlbflush: z.strictObject({ enabled: z.boolean(), direct: onOrOff, extended: onOrOff }).optional(),
  ipi: onOrOff,
  evmcs: onOrOff,
});

/** What the guest's platform offers beside its devices. Absent members are as the machine type has them. */
export const FeaturesSchema = z.strictObject({
  acpi: z.boolean(),
  /** The interrupt controller of x86. */
  apic: onOrOff,
  /** Whether the guest may end interrupts without leaving to the hypervisor. */
  apicEndOfInterrupt: onOrOff,
  /** System management mode, which firmware with Secure Boot needs. */
  smm: onOrOff,
  paravirtualSpinlocks: onOrOff,
  /** Whether the guest is kept from seeing that it runs on KVM. */
  hideHypervisor: onOrOff,
  /** Tells the guest that its CPUs never wait for one another. */
  dedicatedCpuHint: onOrOff,
  /** The virtual performance counters. */
  performanceCounters: onOrOff,
  hyperv: z
    .discriminatedUnion('mode', [
      /** Every enlightenment that the host has. */
      z.strictObject({ mode: z.literal('passthrough') }),
      z.strictObject({ mode: z.literal('chosen'), enlightenments: EnlightenmentsSchema }),
    ])
    .optional(),
});

export type Features = z.output<typeof FeaturesSchema>;
export type Enlightenments = z.output<typeof EnlightenmentsSchema>;
