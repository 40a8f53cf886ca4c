import { ApiServerError, type ApiServerErrorCode } from '../errors.ts';
import { cloneJson, isObject } from '../object/json.ts';
import { isKubeObject, type KubeObject } from '../object/types.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import type { AdmissionDenial, AdmissionPlugin, AdmissionRequest } from './types.ts';

const CODES: Record<number, ApiServerErrorCode> = {
  400: 'BadRequest',
  404: 'NotFound',
  409: 'Conflict',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

/** Runs the embedder's admission plugins around a write. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  #matching(request: AdmissionRequest): readonly AdmissionPlugin[] {
    const target = { ...request.resource, subresource: request.subresource };
    return this.#plugins.filter((plugin) => plugin.matches(target, request.operation));
  }

  /**
   * The object after all mutations.
   * @param warnings receives what plugins want the client to know.
   * @throws ApiServerError of the first plugin that denies.
   */
  async mutate(request: AdmissionRequest, object: KubeObject, warnings: string[]): Promise<KubeObject> {
    let current = object;
    for (const plugin of this.#matching(request)) {
      if (plugin.mutate === undefined) continue;
      const mutation = await plugin.mutate({ ...request, object: cloneJson(current) });
      if (mutation === undefined) continue;
      warnings.push(...(mutation.warnings ?? []));
      if (mutation.denied !== undefined) throw denial(plugin.name, request, mutation.denied);
      if (mutation.object !== undefined) current = cloneJson(mutation.object);
      if (mutation.patch !== undefined) current = patched(plugin.name, current, mutation.patch);
    }
    return current;
  }

  /** @throws ApiServerError of the first plugin that denies. */
  async validate(request: AdmissionRequest, warnings: string[]): Promise<void> {
    for (const plugin of this.#matching(request)) {
      if (plugin.validate === undefined) continue;
      const object = request.object === undefined ? undefined : cloneJson(request.object);
      const verdict = await plugin.validate({ ...request, object });
      warnings.push(...(verdict?.warnings ?? []));
      if (verdict?.denied !== undefined) throw denial(plugin.name, request, verdict.denied);
    }
  }
}

function patched(plugin: string, object: KubeObject, patch: readonly unknown[]): KubeObject {
  const result = applyJsonPatch(object, patch);
  if (isObject(result) && isKubeObject(result)) return result;
  throw new ApiServerError(
    'InternalError',
    `admission plugin "${plugin}" returned a patch that destroys the object`,
  );
}

function denial(plugin: string, request: AdmissionRequest, denied: AdmissionDenial): ApiServerError {
  const httpStatus = denied.code ?? 403;
  return new ApiServerError(CODES[httpStatus] ?? 'Forbidden', denied.message, {
    httpStatus,
    ...(denied.reason !== undefined && { reason: denied.reason }),
    ...(denied.causes !== undefined && { causes: denied.causes }),
    group: request.resource.group,
    kind: request.resource.resource,
    name: request.name,
    cause: new Error(`denied by admission plugin ${plugin}`),
  });
}
