import type { StatusCause } from '../errors.ts';
import { elementsOf, membersOf } from '../object/json.ts';
import { Causes } from '../webhooks/causes.ts';
import { validateClientConfig } from '../webhooks/validate-client-config.ts';
import { validateReviewVersions } from '../webhooks/validate.ts';

const AT = 'spec.conversion';
// Kubernetes reports the members of its internal form, in which the webhook's are not nested.
const CLIENT_CONFIG = `${AT}.webhookClientConfig`;
const REVIEW_VERSIONS = `${AT}.conversionReviewVersions`;

/** Violations in `spec.conversion` of a CustomResourceDefinition. */
export function validateConversion(conversion: unknown): StatusCause[] {
  const causes = new Causes();
  if (conversion === undefined) return causes.list;
  const { strategy, webhook } = membersOf(conversion);
  if (strategy === undefined || strategy === '') causes.required(`${AT}.strategy`);
  else causes.oneOf(`${AT}.strategy`, strategy, ['None', 'Webhook']);
  const { clientConfig, conversionReviewVersions } = membersOf(webhook);
  const versions = elementsOf(conversionReviewVersions);
  if (strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook';
    if (clientConfig !== undefined) causes.forbidden(CLIENT_CONFIG, why);
    if (versions.length > 0) causes.forbidden(REVIEW_VERSIONS, why);
    return causes.list;
  }
  if (clientConfig === undefined) causes.required(CLIENT_CONFIG, 'required when strategy is set to Webhook');
  else causes.list.push(...validateClientConfig(clientConfig, CLIENT_CONFIG, { checksBundle: true }));
  if (versions.length === 0) causes.required(REVIEW_VERSIONS);
  else validateReviewVersions(causes, versions, REVIEW_VERSIONS);
  return causes.list;
}
