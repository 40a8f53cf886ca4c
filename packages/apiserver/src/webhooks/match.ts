import type { AdmissionRequest } from '../admission/types.ts';
import { notFound } from '../errors.ts';
import { isEmptySelector, matchesSelector } from '../object/embedded-selector.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import type { Registry } from '../registry/registry.ts';
import { ruleMatches, type RuleSubject } from './rules.ts';
import type { AdmissionWebhook } from './types.ts';

/** What matching looks at beside the request. */
type Surroundings = Pick<Registry, 'store' | 'catalogue'>;

/** What decides about a request: of a webhook, of a policy or of one of its bindings. */
export type Matcher = Partial<
  Pick<AdmissionWebhook, 'rules' | 'matchPolicy' | 'namespaceSelector' | 'objectSelector'>
>;

/** That a webhook is to be called, and the version of the resource in which it wants to see the object. */
export interface Invocation<M extends Matcher = AdmissionWebhook> {
  readonly webhook: M;
  /** Absent for what has no definition, and then seen as it is. */
  readonly target: ResourceDefinition | undefined;
}

/** The namespace of a request; for a Namespace its own name. */
export function admissionNamespace({ resource, name, namespace }: AdmissionRequest): string | undefined {
  return resource.group === '' && resource.resource === 'namespaces' ? name : namespace;
}

/**
 * Whether a webhook is to be called for a request.
 * @param object as the webhooks before have left it.
 * @throws ApiServerError `NotFound` when the labels of a namespace decide that is not there
 */
export function invocationOf<M extends Matcher>(
  surroundings: Surroundings,
  webhook: M,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): Invocation<M> | undefined {
  const namespaceMatch = namespaceMatches(surroundings, webhook, request, object);
  if (namespaceMatch === false) return undefined;
  if (!objectMatches(webhook.objectSelector, object, request.oldObject)) return undefined;
  const target = matchedDefinition(surroundings, webhook, request);
  if (target === undefined) return undefined;
  if (namespaceMatch !== true) throw notFound({ group: '', resource: 'namespaces' }, namespaceMatch.missing);
  return { webhook, target: target === 'as requested' ? undefined : target };
}

function matchedDefinition(
  { catalogue }: Surroundings,
  webhook: Matcher,
  request: AdmissionRequest,
): ResourceDefinition | 'as requested' | undefined {
  const rules = webhook.rules ?? [];
  const subject: RuleSubject = {
    ...request.resource,
    subresource: request.subresource,
    operation: request.operation,
    namespace: admissionNamespace(request),
  };
  if (rules.some((rule) => ruleMatches(rule, subject))) return 'as requested';
  if (webhook.matchPolicy !== 'Equivalent') return undefined;
  const own = catalogue.find(request.resource);
  if (own === undefined) return undefined;
  const equivalents = catalogue
    .all()
    .filter((other) => other.storage === own.storage && other !== own)
    .filter((other) => hasSubresource(other, request.subresource));
  for (const rule of rules) {
    const found = equivalents.find(({ group, version, resource }) =>
      ruleMatches(rule, { ...subject, group, version, resource }),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function hasSubresource(definition: ResourceDefinition, subresource: string | undefined): boolean {
  if (subresource === undefined) return true;
  if (subresource === 'status') return definition.status;
  if (subresource === 'scale') return definition.scale !== undefined;
  return definition.extraSubresources.includes(subresource);
}

function namespaceMatches(
  { store }: Surroundings,
  { namespaceSelector }: Matcher,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): boolean | { missing: string } {
  const namespace = admissionNamespace(request);
  const { resource, subresource, operation } = request;
  if ((namespace === undefined || namespace === '') && resource.resource !== 'namespaces') return true;
  if (isEmptySelector(namespaceSelector)) return true;
  const isChangeOfNamespace =
    resource.resource === 'namespaces' &&
    subresource === undefined &&
    (operation === 'CREATE' || operation === 'UPDATE');
  if (isChangeOfNamespace) return matchesSelector(namespaceSelector, object?.metadata.labels);
  const stored = store.get({ resource: 'namespaces', namespace: '', name: namespace ?? '' });
  if (stored === undefined) return { missing: namespace ?? '' };
  return matchesSelector(namespaceSelector, stored.object.metadata.labels);
}

/** One of the two states has to match, so that an object cannot escape by losing its labels. */
function objectMatches(
  selector: unknown,
  object: KubeObject | undefined,
  oldObject: KubeObject | undefined,
): boolean {
  if (isEmptySelector(selector)) return true;
  return [object, oldObject].some(
    (state) => state !== undefined && matchesSelector(selector, state.metadata.labels),
  );
}
