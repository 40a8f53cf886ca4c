import { served, stored } from '../conversion/remote.ts';
import type { KubeObject } from '../object/types.ts';
import { apiVersionOf } from '../object/types.ts';
import type { Catalogue } from '../registry/catalogue.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { shapeOf, type Shape } from './shape.ts';

/** An object in one version, with the shape of that version. */
export interface Versioned {
  readonly apiVersion: string;
  readonly shape: Shape;
  readonly object: unknown;
}

/** The versions of one resource, between which the updater goes where managers own fields of another version. */
export class Versions {
  readonly #catalogue: Catalogue;
  readonly #definition: ResourceDefinition;

  constructor(catalogue: Catalogue, definition: ResourceDefinition) {
    this.#catalogue = catalogue;
    this.#definition = definition;
  }

  /** An object of the definition's own version. */
  own(object: unknown): Versioned {
    const { group, version } = this.#definition;
    return { apiVersion: apiVersionOf(group, version), shape: shapeOf(this.#definition), object };
  }

  /** The object in another version; undefined if that is no longer served. @throws ApiServerError 500 as a conversion webhook */
  async convert(from: Versioned, apiVersion: string): Promise<Versioned | undefined> {
    if (from.apiVersion === apiVersion) return from;
    const source = this.#find(from.apiVersion);
    const target = this.#find(apiVersion);
    if (source === undefined || target === undefined) return undefined;
    // Conversion replaces members of the object itself, never what is in them.
    const kept = await stored(source, { ...(from.object as KubeObject) });
    return { apiVersion, shape: shapeOf(target), object: await served(target, { ...kept }) };
  }

  #find(apiVersion: string): ResourceDefinition | undefined {
    const { storage } = this.#definition;
    return this.#catalogue
      .all()
      .find((each) => each.storage === storage && apiVersionOf(each.group, each.version) === apiVersion);
  }
}
