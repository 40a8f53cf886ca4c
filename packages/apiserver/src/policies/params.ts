import { matchesSelector } from '../object/embedded-selector.ts';
import type { KubeObject } from '../object/types.ts';
import { fromStorage } from '../registry/definition.ts';
import type { Registry } from '../registry/registry.ts';
import type { Binding, Policy } from './types.ts';

/** Objects that a policy is evaluated with, each on its own, or why they cannot be found. */
export type Params = readonly (KubeObject | undefined)[] | { readonly error: string };

/** Finds the parameters that a binding names. */
export function paramsOf(
  { store, catalogue }: Pick<Registry, 'store' | 'catalogue'>,
  { spec: { paramKind } }: Policy,
  { spec: { paramRef } }: Binding,
  requestNamespace: string | undefined,
): Params {
  if (paramKind === undefined || paramRef === undefined) return [undefined];
  const definition = catalogue
    .all()
    .find(
      ({ group, version, kind }) =>
        kind === paramKind.kind && (group === '' ? version : `${group}/${version}`) === paramKind.apiVersion,
    );
  if (definition === undefined)
    return {
      error: `failed to find resource referenced by paramKind: '${paramKind.apiVersion}, Kind=${paramKind.kind}'`,
    };
  const { name, selector, namespace: named = '', parameterNotFoundAction } = paramRef;
  if (!definition.namespaced && named !== '')
    return { error: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`' };
  const namespace = definition.namespaced ? named || (requestNamespace ?? '') : '';
  if (definition.namespaced && namespace === '')
    return {
      error: 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
    };
  const stored = store
    .list(definition.storage)
    .filter((object) => (object.namespace ?? '') === namespace)
    .filter((object) =>
      name === undefined || name === ''
        ? matchesSelector(selector, object.object.metadata.labels)
        : object.name === name,
    );
  if (stored.length === 0 && parameterNotFoundAction === 'Deny')
    return { error: 'no params found for policy binding with `Deny` parameterNotFoundAction' };
  return stored.map(({ object }) => fromStorage(definition, object));
}
