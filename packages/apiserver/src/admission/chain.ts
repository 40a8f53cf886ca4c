import { ApiServerError, type ApiServerErrorCode } from '../errors.ts';
import type { KubeObject } from '../object/types.ts';
import { mutateWithPlugins, validateWithPlugins, type AdmissionOutcome } from './plugins.ts';
import type { AdmissionPlugin, AdmissionRequest } from './types.ts';

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

  /**
   * The object after all mutations.
   * @param warnings receives what plugins want the client to know.
   * @throws ApiServerError of the first plugin that denies.
   */
  async mutate(request: AdmissionRequest, object: KubeObject, warnings: string[]): Promise<KubeObject> {
    const outcome = await mutateWithPlugins(this.#plugins, { ...request, object });
    warnings.push(...outcome.warnings);
    refuseDenied(request, outcome);
    return outcome.object ?? object;
  }

  /** @throws ApiServerError of the first plugin that denies. */
  async validate(request: AdmissionRequest, warnings: string[]): Promise<void> {
    const outcome = await validateWithPlugins(this.#plugins, request);
    warnings.push(...outcome.warnings);
    refuseDenied(request, outcome);
  }
}

function refuseDenied(request: AdmissionRequest, { denied }: AdmissionOutcome): void {
  if (denied === undefined) return;
  const httpStatus = denied.code ?? 403;
  throw new ApiServerError(CODES[httpStatus] ?? 'Forbidden', denied.message, {
    httpStatus,
    ...(denied.reason !== undefined && { reason: denied.reason }),
    ...(denied.causes !== undefined && { causes: denied.causes }),
    group: request.resource.group,
    kind: request.resource.resource,
    name: request.name,
    cause: new Error(`denied by admission plugin ${denied.plugin}`),
  });
}
