import type { AdmissionRequest } from '../admission/types.ts';
import { served, stored } from '../conversion/remote.ts';
import { internalError } from '../errors.ts';
import { cloneJson } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { Catalogue } from '../registry/catalogue.ts';
import type { ResourceDefinition } from '../registry/definition.ts';

/** An object in another served version of its resource. */
async function converted(
  from: ResourceDefinition,
  to: ResourceDefinition,
  object: KubeObject,
): Promise<KubeObject> {
  return served(to, await stored(from, object));
}

/** Shows objects of a request in the version that a webhook asked for, and takes them back. */
export class VersionedObjects {
  readonly #own: ResourceDefinition | undefined;
  readonly #request: AdmissionRequest;

  constructor(catalogue: Catalogue, request: AdmissionRequest) {
    this.#own = catalogue.find(request.resource);
    this.#request = request;
  }

  /** A copy of an object as a webhook is to see it. */
  async show(
    object: KubeObject | undefined,
    target: ResourceDefinition | undefined,
  ): Promise<KubeObject | undefined> {
    if (object === undefined) return undefined;
    const { view } = this.#request;
    if (view !== undefined) return view.show(cloneJson(object));
    if (target === undefined) return cloneJson(object);
    return converted(this.#definition(), target, cloneJson(object));
  }

  /** The object after a webhook has changed what it was shown. */
  async take(
    object: KubeObject,
    shown: KubeObject,
    target: ResourceDefinition | undefined,
  ): Promise<KubeObject> {
    const { view } = this.#request;
    if (view !== undefined) return view.apply(object, shown);
    return target === undefined ? shown : converted(target, this.#definition(), shown);
  }

  #definition(): ResourceDefinition {
    if (this.#own !== undefined) return this.#own;
    throw internalError(`${this.#request.resource.resource} is no longer served`);
  }
}
