import type { AdmissionRequest } from '../admission/types.ts';
import { served } from '../conversion/remote.ts';
import { conflict, notFound } from '../errors.ts';
import { cloneJson, type JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from './definition.ts';
import { planDeletion, type DeleteOptions } from './deletion.ts';
import {
  keyOf,
  operationOptions,
  servedOutcome,
  storedOutcome,
  type Outcome,
  type Registry,
  type RequestScope,
} from './registry.ts';

/** How a deletion went: the object is gone, or is being deleted. */
export interface DeletionOutcome extends Outcome {
  readonly gone: boolean;
}

const ORPHANED =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

/** What is to be deleted, and how. */
export interface DeletionTarget {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly options: DeleteOptions;
  /** Set by handlers that have asked admission in the terms of a subresource already, such as eviction. */
  readonly admitted?: boolean;
}

/**
 * Deletes an object, or starts to.
 * @throws ApiServerError `NotFound`, `Conflict` (preconditions), `Forbidden`, and whatever admission denies with.
 */
export async function deleteObject(
  registry: Registry,
  definition: ResourceDefinition,
  scope: RequestScope,
  target: DeletionTarget,
): Promise<DeletionOutcome> {
  const { namespace, name, options, admitted = false } = target;
  const key = keyOf(definition, namespace, name);
  const current = registry.store.get(key);
  if (current === undefined) throw notFound(definition, name);
  checkPreconditions(definition, name, current.object, options);
  definition.strategy.checkDeletion?.(current.object);
  const request: AdmissionRequest = {
    operation: 'DELETE',
    resource: { group: definition.group, version: definition.version, resource: definition.resource },
    kind: definition.kind,
    subresource: undefined,
    namespace: current.object.metadata.namespace,
    name,
    user: scope.user,
    dryRun: scope.dryRun,
    object: undefined,
    oldObject: await served(definition, cloneJson(current.object)),
    options: operationOptions('DeleteOptions', { options: { ...scope.options, ...asAsked(options, scope) } }),
  };
  if (definition.strategy.orphansByDefault === true && options.propagationPolicy === undefined)
    scope.warnings.push(ORPHANED);
  if (!admitted) {
    await registry.admission.consult(request, scope.warnings);
    await registry.admission.validate(request, scope.warnings);
  }
  const outcome = await registry.store.write((transaction): DeletionOutcome => {
    const latest = transaction.get(key);
    if (latest === undefined) throw notFound(definition, name);
    checkPreconditions(definition, name, latest.object, options);
    const plan = planDeletion(definition, latest.object, options, registry.now());
    if (plan.step === 'none') return { ...storedOutcome(latest), gone: false };
    if (plan.step === 'remove') {
      if (scope.dryRun) return { object: plan.object ?? latest.object, gone: true };
      if (plan.object !== undefined) transaction.put(key, plan.object);
      return { ...storedOutcome(transaction.remove(key)), gone: true };
    }
    if (scope.dryRun) return { object: plan.object, gone: false };
    return { ...storedOutcome(transaction.put(key, plan.object)), gone: false };
  });
  return servedOutcome(definition, outcome);
}

/** The options of a deletion as clients write them. */
function asAsked(
  { gracePeriodSeconds, propagationPolicy, preconditions }: DeleteOptions,
  { dryRun }: RequestScope,
): JsonObject {
  return {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...(preconditions !== undefined && { preconditions }),
    ...(dryRun && { dryRun: ['All'] }),
  };
}

/** @throws ApiServerError `Conflict` when an object is not the one, or not in the state, that a deletion is about. */
export function checkPreconditions(
  definition: ResourceDefinition,
  name: string,
  { metadata }: KubeObject,
  { preconditions }: DeleteOptions,
): void {
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(
      // Here Kubernetes names the kind, not the resource.
      { ...definition, resource: definition.kind },
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      // Here Kubernetes names the kind, not the resource.
      { ...definition, resource: definition.kind },
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`,
    );
}
