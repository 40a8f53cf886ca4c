import { ApiServerError, type ApiServerErrorCode } from '../errors.ts';
import type { KubeObject } from '../object/types.ts';
import { mutateWithPlugins, validateWithPlugins, type AdmissionOutcome } from './plugins.ts';
import type { AdmissionPlugin, AdmissionRequest, AdmissionStep } from './types.ts';

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

/** Runs the embedder's admission plugins, and then the steps that objects configure, around a write. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #steps: readonly AdmissionStep[];

  constructor(plugins: readonly AdmissionPlugin[], steps: readonly AdmissionStep[] = []) {
    this.#plugins = plugins;
    this.#steps = steps;
  }

  /**
   * The object after all mutations.
   * @param warnings receives what plugins want the client to know.
   * @throws ApiServerError of the first plugin or step that denies.
   */
  async mutate(request: AdmissionRequest, object: KubeObject, warnings: string[]): Promise<KubeObject> {
    return (await this.#mutate(this.#steps.length, request, object, warnings)) ?? object;
  }

  /** Asks what may mutate about a request that has no object to change (`DELETE`). @throws as {@link mutate} */
  async consult(request: AdmissionRequest, warnings: string[]): Promise<void> {
    for (const step of this.#steps)
      await step.mutate?.(request, undefined, warnings, () => Promise.resolve(undefined));
  }

  async #mutate(
    steps: number,
    request: AdmissionRequest,
    object: KubeObject | undefined,
    warnings: string[],
  ): Promise<KubeObject | undefined> {
    const outcome = await mutateWithPlugins(this.#plugins, { ...request, object });
    warnings.push(...outcome.warnings);
    refuseDenied(request, outcome);
    let current = outcome.object ?? object;
    for (const [index, step] of this.#steps.slice(0, steps).entries())
      if (step.mutate !== undefined)
        current = await step.mutate(request, current, warnings, (changed) =>
          this.#mutate(index, request, changed, warnings),
        );
    return current;
  }

  /** @throws ApiServerError of the first plugin or step that denies. */
  async validate(request: AdmissionRequest, warnings: string[]): Promise<void> {
    const outcome = await validateWithPlugins(this.#plugins, request);
    warnings.push(...outcome.warnings);
    refuseDenied(request, outcome);
    for (const step of this.#steps) await step.validate?.(request, warnings);
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
