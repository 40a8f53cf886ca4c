import { cloneJson } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { fromStorage, toStorage, type ResourceDefinition } from '../registry/definition.ts';
import type { StoredObject } from '../storage/records.ts';

/** The object as this version serves it. @throws ApiServerError 500 when the conversion webhook fails */
export async function served(definition: ResourceDefinition, object: KubeObject): Promise<KubeObject> {
  if (definition.remote === undefined) return fromStorage(definition, object);
  const [converted] = await definition.remote.fromStorage([object]);
  return converted ?? object;
}

/** The object as it is stored. @throws ApiServerError 500 when the conversion webhook fails */
export async function stored(definition: ResourceDefinition, object: KubeObject): Promise<KubeObject> {
  return definition.remote === undefined
    ? toStorage(definition, object)
    : definition.remote.toStorage(object);
}

/** Stored objects as this version serves them, asked for together. @throws ApiServerError 500 as {@link served} */
export async function servedAll(
  definition: ResourceDefinition,
  objects: readonly StoredObject[],
): Promise<readonly StoredObject[]> {
  if (definition.remote === undefined || objects.length === 0) return objects;
  const converted = await definition.remote.fromStorage(objects.map(({ object }) => object));
  return objects.map((before, index) => {
    const object = converted[index] ?? cloneJson(before.object);
    return { ...before, object, json: JSON.stringify(object) };
  });
}
