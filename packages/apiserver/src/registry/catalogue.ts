import type { GroupVersionResource } from '../object/types.ts';
import { definitionName, type ResourceDefinition } from './definition.ts';

/** The resources that are served at present; custom ones come and go with their CustomResourceDefinitions. */
export class Catalogue {
  readonly #byName = new Map<string, ResourceDefinition>();
  #generation = 0;

  /** Grows with every change; lets documents built from the catalogue be cached. */
  get generation(): number {
    return this.#generation;
  }

  find({ group, version, resource }: GroupVersionResource): ResourceDefinition | undefined {
    return this.#byName.get(`${group}/${version}/${resource}`);
  }

  /** All served resources, in the order in which they were added. */
  all(): readonly ResourceDefinition[] {
    return [...this.#byName.values()];
  }

  /** One definition per stored resource: what a cleaner has to visit to see every object once. */
  storedResources(): readonly ResourceDefinition[] {
    const seen = new Map<string, ResourceDefinition>();
    for (const definition of this.#byName.values())
      if (!seen.has(definition.storage)) seen.set(definition.storage, definition);
    return [...seen.values()];
  }

  /** A definition that serves the objects stored under a name, if any. */
  findStored(storage: string): ResourceDefinition | undefined {
    const serving = this.all().filter((definition) => definition.storage === storage);
    // The server's own work should not have to wait for a webhook.
    return serving.find(({ remote }) => remote?.isStorageVersion !== false) ?? serving[0];
  }

  /** The definition that serves a kind, if any. */
  findKind(group: string, version: string, kind: string): ResourceDefinition | undefined {
    return this.all().find((d) => d.group === group && d.version === version && d.kind === kind);
  }

  add(...definitions: readonly ResourceDefinition[]): void {
    for (const definition of definitions)
      this.#byName.set(`${definition.group}/${definition.version}/${definition.resource}`, definition);
    this.#generation += 1;
  }

  /** Stops serving all versions of a resource. */
  remove(group: string, resource: string): void {
    const name = definitionName({ group, version: '', resource });
    for (const [key, definition] of this.#byName)
      if (definitionName(definition) === name) this.#byName.delete(key);
    this.#generation += 1;
  }
}
