import { ApiServerError } from '../errors.ts';
import { cloneJson, isObject } from '../object/json.ts';
import { isKubeObject, type KubeObject } from '../object/types.ts';
import type { AdmissionDenial, AdmissionPlugin, AdmissionRequest } from './types.ts';

/** What the plugins together say of a request. */
export interface AdmissionOutcome {
  /** The object after all mutations, as far as they came where the request is refused. */
  readonly object: KubeObject | undefined;
  readonly warnings: readonly string[];
  /** The refusal, and the name of the plugin that it is of. */
  readonly denied?: AdmissionDenial & { readonly plugin: string };
}

/**
 * Lets those plugins change the object that the request is for, in their order, until one refuses it.
 *
 * @throws ApiServerError `InternalError` when a plugin's patch destroys the object; what plugins throw
 */
export async function mutateWithPlugins(
  plugins: readonly AdmissionPlugin[],
  request: AdmissionRequest,
): Promise<AdmissionOutcome> {
  let { object } = request;
  const warnings: string[] = [];
  for (const plugin of matching(plugins, request)) {
    const mutation = await plugin.mutate?.({ ...request, object: copied(object) });
    if (mutation === undefined) continue;
    warnings.push(...(mutation.warnings ?? []));
    if (mutation.denied !== undefined)
      return { object, warnings, denied: { ...mutation.denied, plugin: plugin.name } };
    if (mutation.object !== undefined) object = cloneJson(mutation.object);
    if (mutation.patch !== undefined && object !== undefined)
      object = await patched(plugin.name, object, mutation.patch);
  }
  return { object, warnings };
}

/** Lets those plugins judge the object as it would be stored, until one refuses it. @throws what plugins throw */
export async function validateWithPlugins(
  plugins: readonly AdmissionPlugin[],
  request: AdmissionRequest,
): Promise<AdmissionOutcome> {
  const { object } = request;
  const warnings: string[] = [];
  for (const plugin of matching(plugins, request)) {
    const verdict = await plugin.validate?.({ ...request, object: copied(object) });
    warnings.push(...(verdict?.warnings ?? []));
    if (verdict?.denied !== undefined)
      return { object, warnings, denied: { ...verdict.denied, plugin: plugin.name } };
  }
  return { object, warnings };
}

function matching(
  plugins: readonly AdmissionPlugin[],
  { resource, subresource, operation }: AdmissionRequest,
): readonly AdmissionPlugin[] {
  const target = { ...resource, subresource };
  return plugins.filter((plugin) => plugin.matches(target, operation));
}

function copied(object: KubeObject | undefined): KubeObject | undefined {
  return object === undefined ? undefined : cloneJson(object);
}

async function patched(plugin: string, object: KubeObject, patch: readonly unknown[]): Promise<KubeObject> {
  const { applyJsonPatch } = await import('../patch/json-patch.ts');
  const result = applyJsonPatch(object, patch);
  if (isObject(result) && isKubeObject(result)) return result;
  throw new ApiServerError(
    'InternalError',
    `admission plugin "${plugin}" returned a patch that destroys the object`,
  );
}
