import type { KubeObject } from '../object/types.ts';
import { membersOf, stringOf } from '../object/json.ts';
import type { Catalogue } from '../registry/catalogue.ts';
import { qualifiedResource } from '../object/types.ts';
import type { Store } from '../storage/store.ts';
import type { WebhookClient } from '../webhooks/client.ts';
import type { WatchHub } from '../watch/watch-hub.ts';
import { asCustomResourceDefinition, customDefinitions } from './definitions.ts';
import { CRD_STORAGE } from './group.ts';

/**
 * Keeps the catalogue in step with the stored CustomResourceDefinitions. It runs within the commit that changes one, so
 * that a custom resource is served by the time its definition's creation is answered.
 * @param client calls conversion webhooks.
 * @returns the function that stops it.
 */
export function registerCustomResources(
  store: Store,
  catalogue: Catalogue,
  hub: WatchHub,
  client: WebhookClient,
): () => void {
  for (const stored of store.list(CRD_STORAGE)) serve(catalogue, stored.object, client);
  return store.onCommit((events) => {
    for (const event of events) {
      if (event.resource !== CRD_STORAGE) continue;
      if (event.type !== 'DELETED' && !changesServing(event.object, event.previous)) continue;
      const { group, plural } = identity(event.object);
      catalogue.remove(group, plural);
      if (event.type === 'DELETED') hub.resourceRemoved(qualifiedResource(group, plural));
      else serve(catalogue, event.object, client);
    }
  });
}

function serve(catalogue: Catalogue, object: KubeObject, client: WebhookClient): void {
  if (isAccepted(object)) catalogue.add(...customDefinitions(asCustomResourceDefinition(object), client));
}

function identity(object: KubeObject): { group: string; plural: string } {
  const spec = membersOf(object.spec);
  return { group: stringOf(spec.group), plural: stringOf(membersOf(spec.names).plural) };
}

function changesServing(after: KubeObject, before: KubeObject | undefined): boolean {
  return (
    before === undefined ||
    before.metadata.generation !== after.metadata.generation ||
    isAccepted(before) !== isAccepted(after)
  );
}

function isAccepted(object: KubeObject): boolean {
  const { conditions } = membersOf(object.status);
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (condition) => membersOf(condition).type === 'Established' && membersOf(condition).status === 'True',
    )
  );
}
