import { z } from 'zod';

const FeatureSchema = z.object({ name: z.string(), policy: z.string() });

/** What the virtualisation of a node can do, as the node probe prints it; members that are not read here may be there too. */
export const HostFactsSchema = z.object({
  host: z.object({
    /** As libvirt calls it: `x86_64`, `aarch64`, `s390x`. */
    arch: z.string(),
    /** The time stamp counter: its frequency in hertz, and whether guests can be given another one. */
    tsc: z.object({ frequency: z.number(), scalable: z.boolean() }).optional(),
    guests: z.array(z.object({ arch: z.string(), machines: z.array(z.object({ name: z.string() })) })),
  }),
  domain: z.object({
    hostModel: z
      .object({ model: z.string(), vendor: z.string().optional(), features: z.array(FeatureSchema) })
      .optional(),
    models: z.array(z.object({ name: z.string(), usable: z.enum(['yes', 'no', 'unknown']) })),
    /** Names of supported features: `sev`, `tdx`, `s390-pv`, ... */
    features: z.array(z.string()),
    /** Enlightenments for Windows guests, as libvirt calls them. */
    hyperv: z.array(z.string()).default([]),
    /** Kinds of confidential computing: `sev`, `sev-snp`, ... */
    launchSecurity: z.array(z.string()).default([]),
    /** Guests with encrypted registers that can run at once. */
    sevEsGuests: z.number().default(0),
  }),
  /** Real-time tasks are not throttled. */
  realtime: z.boolean().default(false),
});
export type HostFacts = z.output<typeof HostFactsSchema>;
