import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';

/** A write that is judged before it is sent, with the objects as the server's admission would see them. */
export interface PlannedWrite<T extends KubernetesObject> {
  readonly definition: ResourceDefinition<T>;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource?: string | undefined;
  readonly object: T;
  /** The object as it is stored, for UPDATE. */
  readonly stored?: T | undefined;
  readonly dryRun?: boolean | undefined;
}

/** A new object as the server takes it: in its namespace, and without a status where that is a subresource. */
export function plannedCreation<T extends KubernetesObject>(
  definition: ResourceDefinition<T>,
  object: T,
  scope: { readonly namespace: string; readonly dryRun?: boolean | undefined },
): PlannedWrite<T> {
  const namespace = definition.namespaced ? scope.namespace : undefined;
  const metadata = namespace === undefined ? object.metadata : { ...object.metadata, namespace };
  const taken = { ...object, metadata };
  if (definition.subresources?.status === true) Reflect.deleteProperty(taken, 'status');
  const { name } = object.metadata;
  const { dryRun } = scope;
  return { definition, operation: 'CREATE', namespace, name, object: taken, dryRun };
}

/** Metadata that nobody but the server changes. */
const serverOwned = ['uid', 'generation', 'creationTimestamp', 'deletionTimestamp', 'selfLink'] as const;

/**
 * A change of a stored object as the server takes it: metadata of its own stays, and so does the status where it is a
 * subresource, or everything else when the subresource is written.
 */
export function plannedUpdate<T extends KubernetesObject>(
  definition: ResourceDefinition<T>,
  sides: { readonly stored: T; readonly changed: T },
  options: { readonly subresource?: string | undefined; readonly dryRun?: boolean | undefined },
): PlannedWrite<T> {
  const { stored, changed } = sides;
  const { subresource, dryRun } = options;
  const { namespace, name } = stored.metadata;
  const object =
    subresource === 'status'
      ? withMember(stored, 'status', changed)
      : definition.subresources?.status === true
        ? withMember(withServerMetadata(changed, stored), 'status', stored)
        : withServerMetadata(changed, stored);
  return { definition, operation: 'UPDATE', namespace, name, subresource, object, stored, dryRun };
}

function withServerMetadata<T extends KubernetesObject>(object: T, stored: T): T {
  const metadata: Record<string, unknown> = { ...object.metadata, namespace: stored.metadata.namespace };
  for (const member of serverOwned) {
    const value: unknown = Reflect.get(stored.metadata, member);
    if (value === undefined) Reflect.deleteProperty(metadata, member);
    else metadata[member] = value;
  }
  if (stored.metadata.namespace === undefined) Reflect.deleteProperty(metadata, 'namespace');
  return { ...object, metadata };
}

/** `object` with that member of another object, which may be absent. */
function withMember<T extends object>(object: T, member: string, from: T): T {
  const copy = { ...object };
  if (Object.hasOwn(from, member)) Reflect.set(copy, member, Reflect.get(from, member));
  else Reflect.deleteProperty(copy, member);
  return copy;
}
