// Match conditions of webhooks are those of policies; CEL is loaded when there are some.
import type { AdmissionRequest } from '../admission/types.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { ApiServerError, type StatusCause } from '../errors.ts';
import { elementsOf, membersOf } from '../object/json.ts';
import { qualifiedResource, type KubeObject } from '../object/types.ts';
import { accessOf } from '../policies/access.ts';
import type { MatchConditions } from '../policies/conditions.ts';
import type { Invocation } from './match.ts';
import type { ReviewedObjects } from './review.ts';
import type { AdmissionWebhook, MatchCondition } from './types.ts';

const NAMES = { params: false, authorizer: true };

const compiled = new WeakMap<AdmissionWebhook, MatchConditions>();

/**
 * Whether a webhook's conditions let it be called.
 * @param authorizer is asked by conditions that ask what users may do
 * @throws ApiServerError `Forbidden` when a condition fails that the webhook may not ignore
 */
export async function conditionsHold(
  { webhook, target }: Invocation,
  request: AdmissionRequest,
  { object, oldObject }: ReviewedObjects,
  authorizer: Authorizer,
): Promise<boolean> {
  const { matchConditions = [] } = webhook;
  if (matchConditions.length === 0) return true;
  const { MatchConditions } = await import('../policies/conditions.ts');
  const { declarations, variablesOf } = await import('../policies/environment.ts');
  const conditions = compiled.get(webhook) ?? new MatchConditions(matchConditions, declarations(NAMES));
  compiled.set(webhook, conditions);
  const match = conditions.match(
    variablesOf({
      request,
      object,
      oldObject,
      namespace: undefined,
      access: accessOf(authorizer, request.user),
      ...(target !== undefined && { matched: target }),
    }),
  );
  if ('matches' in match) return match.matches;
  if (webhook.failurePolicy === 'Ignore') return false;
  const { resource, name } = request;
  const subject = qualifiedResource(resource.group, resource.resource);
  throw new ApiServerError(
    'Forbidden',
    `${subject}${name === '' ? '' : ` "${name}"`} is forbidden: ${match.error}`,
    { group: resource.group, kind: resource.resource, ...(name !== '' && { name }) },
  );
}

/** Match conditions of a configuration that are no expressions. */
export async function conditionProblems(object: KubeObject): Promise<StatusCause[]> {
  const webhooks = elementsOf(object.webhooks).map(membersOf);
  if (webhooks.every(({ matchConditions }) => elementsOf(matchConditions).length === 0)) return [];
  const { MatchConditions } = await import('../policies/conditions.ts');
  const { declarations } = await import('../policies/environment.ts');
  return webhooks.flatMap(({ matchConditions }, index) => {
    const all = elementsOf(matchConditions) as readonly MatchCondition[];
    return new MatchConditions(all, declarations(NAMES)).problems.flatMap((problem, at): StatusCause[] =>
      // That one is missing is told where the members are looked at.
      problem === undefined || (all[at]?.expression ?? '').trim() === ''
        ? []
        : [
            {
              reason: 'FieldValueInvalid',
              field: `webhooks[${index}].matchConditions[${at}].expression`,
              message: `Invalid value: ${JSON.stringify(all[at]?.expression ?? '')}: ${problem}`,
            },
          ],
    );
  });
}
