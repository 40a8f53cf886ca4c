import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import type { ResourceClient } from '../resource/resource-client.ts';

/** What look-ups need of the objects of a kind. `create` is for dry runs only. */
export type ObjectReader<T extends KubernetesObject> = Pick<ResourceClient<T>, 'get' | 'list' | 'create'>;

/** Where admission looks things up. A `Client` is one. */
export interface ObjectSource {
  /** The objects of a kind. */
  resource<T extends KubernetesObject>(definition: ResourceDefinition<T>): ObjectReader<T>;
}
