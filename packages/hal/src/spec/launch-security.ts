import { z } from 'zod';

/** How the guest's memory is kept from the host. */
export const LaunchSecuritySchema = z.discriminatedUnion('kind', [
  /** AMD SEV, and SEV-ES when the registers are encrypted too. */
  z.strictObject({
    kind: z.literal('sev'),
    encryptedState: z.boolean().default(false),
    /** Base64: the guest owner's Diffie-Hellman key and session data. */
    ownerCertificate: z.string().min(1).optional(),
    session: z.string().min(1).optional(),
  }),
  /** AMD SEV-SNP. */
  z.strictObject({ kind: z.literal('sev-snp') }),
  /** Intel TDX; the socket is that of the service that signs attestation quotes. */
  z.strictObject({ kind: z.literal('tdx'), quoteSocket: z.string().startsWith('/').optional() }),
  /** IBM Secure Execution; the guest's kernel asks for it. */
  z.strictObject({ kind: z.literal('secure-execution') }),
]);

export type LaunchSecurity = z.output<typeof LaunchSecuritySchema>;
