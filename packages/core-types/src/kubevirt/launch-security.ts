// Confidential computing.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { presence } from '../schema/scalars.ts';

export const SEVPolicySchema = apiObject('Guest policy of AMD SEV.', {
  encryptedState: z.boolean().optional(),
});
export type SEVPolicy = z.output<typeof SEVPolicySchema>;

export const SEVSchema = apiObject('AMD Secure Encrypted Virtualization.', {
  attestation: presence().optional(),
  dhCert: z.string().optional(),
  policy: SEVPolicySchema.optional(),
  session: z.string().optional(),
});
export type SEV = z.output<typeof SEVSchema>;

export const LaunchSecuritySchema = apiObject('Memory encryption of the guest; one member is set.', {
  sev: SEVSchema.optional(),
  snp: presence().optional(),
  tdx: presence().optional(),
});
export type LaunchSecurity = z.output<typeof LaunchSecuritySchema>;
