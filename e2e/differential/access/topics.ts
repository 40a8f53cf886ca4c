import { aggregationSequences } from '../aggregation/sequences.ts';
import { conversionSequences } from '../conversion/sequences.ts';
import { policySequences } from '../policies/sequences.ts';
import type { Sequence } from '../sequence.ts';
import { webhookSequences } from '../webhooks/all.ts';
import { authenticationSequences } from './authentication.ts';
import { escalationSequences } from './escalation.ts';
import { impersonationSequences } from './impersonation.ts';
import { rbacSequences } from './rbac.ts';
import { reviewSequences } from './reviews.ts';
import { tokenSequences } from './tokens.ts';

/** Everything that is written down about who may do what, and about what extends a server, by topic. */
export const accessTopics: Readonly<Record<string, readonly Sequence[]>> = {
  'certificates, tokens and nobody': authenticationSequences,
  'tokens of service accounts': tokenSequences,
  reviews: reviewSequences,
  'roles and bindings': rbacSequences,
  'giving rights away': escalationSequences,
  'acting as somebody else': impersonationSequences,
  ...webhookSequences,
  'versions of custom resources': conversionSequences,
  'API groups of other servers': aggregationSequences,
  ValidatingAdmissionPolicies: policySequences,
};
