import { ApiServerError } from '../errors.ts';
import { cloneJson, elementsOf, equalJson, isObject, stringOf, type JsonObject } from '../object/json.ts';
import { apiVersionOf, timestamp, type KubeObject } from '../object/types.ts';
import type { Catalogue } from '../registry/catalogue.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { capUpdaters } from './cap.ts';
import { printProblems, shapeProblems } from './check.ts';
import { ApplyConflicts } from './conflicts.ts';
import { difference, isEmpty, union } from './field-tree.ts';
import { fieldsOfClientSideApply, KUBECTL, syncLastApplied } from './last-applied.ts';
import {
  identityOf,
  readManagers,
  writeManagers,
  type Manager,
  type Managers,
  type Operation,
} from './managers.ts';
import { blankObject, resetFields, UNOWNED } from './owned-fields.ts';
import { Updater } from './updater.ts';
import { Versions } from './versions.ts';

/** Where a request writes. */
export interface FieldManagerOptions {
  readonly catalogue: Catalogue;
  readonly definition: ResourceDefinition;
  /** Empty for the resource itself. */
  readonly subresource: string;
  readonly now: () => Date;
}

/** The manager of fields that were there before anybody's were kept. */
const BEFORE_FIRST_APPLY = 'before-first-apply';
const UNKNOWN = 'unknown';

/** Keeps `metadata.managedFields` of the objects of one resource: `update` after other writes, `apply` for server-side apply. */
export class FieldManager {
  readonly #options: FieldManagerOptions;
  readonly #versions: Versions;
  readonly #updater: Updater;

  constructor(options: FieldManagerOptions) {
    this.#options = options;
    this.#versions = new Versions(options.catalogue, options.definition);
    this.#updater = new Updater(this.#versions, resetFields(options.definition, options.subresource));
  }

  /**
   * Notes, in place, that somebody wrote an object. An object whose owners nobody knows stays without any.
   * @param live the object that it replaces; absent for a new one.
   */
  async update(live: KubeObject | undefined, next: KubeObject, manager: string): Promise<void> {
    let managers = this.#present(live, next);
    delete next.metadata.managedFields;
    if (managers.size > 0 || live === undefined) {
      try {
        managers = await this.#track(live, next, managers, manager);
      } catch (error) {
        // Lists whose elements cannot be told apart: validation has its say, until then nobody owns anything.
        if (!(error instanceof ApiServerError && error.code === 'InternalError')) throw error;
        return;
      }
    }
    writeManagers(next, managers);
  }

  /**
   * Applies what somebody wants to an object.
   * @param live the present object; absent to make one.
   * @returns the new object, complete but for defaults.
   * @throws ApiServerError `Conflict` with a cause for each field that others own, `BadRequest`, `InternalError` if what is
   * wanted does not fit the schema.
   */
  async apply(
    live: KubeObject | undefined,
    config: JsonObject,
    manager: string,
    force: boolean,
  ): Promise<KubeObject> {
    this.#checkConfig(config);
    const current = live ?? this.#newObject();
    let managers = this.#decode(current);
    if (managers.size === 0 && live !== undefined)
      managers = await this.#track(undefined, live, managers, BEFORE_FIRST_APPLY);
    let outcome = await this.#applyOnce(current, config, managers, manager, force);
    if (outcome instanceof ApplyConflicts && manager === KUBECTL) {
      const remaining = outcome.except(fieldsOfClientSideApply(this.#versions.own(current)));
      outcome = remaining ?? (await this.#applyOnce(current, config, managers, manager, true));
    }
    if (outcome instanceof ApplyConflicts) throw outcome.toError();
    const { object } = outcome;
    if (manager === KUBECTL) syncLastApplied(object, config);
    writeManagers(object, outcome.managers);
    return object;
  }

  async #applyOnce(
    live: KubeObject,
    config: JsonObject,
    managers: Managers,
    name: string,
    force: boolean,
  ): Promise<{ object: KubeObject; managers: Managers } | ApplyConflicts> {
    const manager = this.#manager(name, 'Apply');
    const id = identityOf(manager);
    const outcome = await this.#updater.apply(
      this.#versions.own(live),
      this.#versions.own(config),
      managers,
      id,
      { ...manager, time: managers.get(id)?.time },
      force,
    );
    if (outcome instanceof ApplyConflicts) return outcome;
    const result = outcome.managers;
    const changed = outcome.object !== undefined;
    const own = result.get(id);
    if (own !== undefined) {
      const fields = difference(own.fields, UNOWNED);
      if (isEmpty(fields)) result.delete(id);
      else result.set(id, { ...own, fields, time: changed ? this.#time() : own.time });
    }
    return { object: cloneJson((outcome.object ?? live) as KubeObject), managers: result };
  }

  async #track(
    live: KubeObject | undefined,
    next: KubeObject,
    managers: Managers,
    name: string,
  ): Promise<Managers> {
    const before = live ?? blankObject(this.#options.definition);
    const manager = this.#manager(name, 'Update');
    const self = 'current operation';
    const result = await this.#updater.update(
      this.#versions.own(before),
      this.#versions.own(next),
      managers,
      self,
      manager,
    );
    const gained = difference(result.get(self)?.fields ?? {}, UNOWNED);
    result.delete(self);
    if (!isEmpty(gained)) {
      const id = identityOf(manager);
      const former = result.get(id)?.fields ?? {};
      result.set(id, { ...manager, time: this.#time(), fields: union(gained, former) });
    }
    capUpdaters(result);
    return result;
  }

  /** The owners to go on from: those that the request names, as far as it may and can. */
  #present(live: KubeObject | undefined, next: KubeObject): Managers {
    if (this.#options.subresource === '') {
      if (isReset(next.metadata.managedFields)) return new Map<string, Manager>();
      const named = readOrNone(next);
      if (named.size > 0) return named;
    }
    return live === undefined ? new Map<string, Manager>() : readOrNone(live);
  }

  #decode(live: KubeObject): Managers {
    try {
      return readManagers(live);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw unexplained(`failed to decode managed fields: ${error.message}`, error);
    }
  }

  #checkConfig(config: JsonObject): void {
    const { group, version, kind } = this.#options.definition;
    if (config.apiVersion !== apiVersionOf(group, version) || config.kind !== kind)
      throw new ApiServerError('BadRequest', `invalid object type: ${typeName(config)}`);
    const metadata = isObject(config.metadata) ? config.metadata : {};
    if (metadata.managedFields !== undefined && metadata.managedFields !== null)
      throw new ApiServerError('BadRequest', 'metadata.managedFields must be nil');
    const problems = shapeProblems(this.#versions.own(config).shape, config);
    if (problems.length > 0)
      throw unexplained(
        `failed to create typed patch object (${stringOf(metadata.namespace)}/${stringOf(metadata.name)}; ${typeName(config)}): ${printProblems(problems)}`,
      );
  }

  #newObject(): KubeObject {
    const { group, version, kind } = this.#options.definition;
    return { apiVersion: apiVersionOf(group, version), kind, metadata: {} };
  }

  #manager(name: string, operation: Operation): Omit<Manager, 'fields'> {
    const { definition, subresource } = this.#options;
    return {
      name: name === '' ? UNKNOWN : name,
      operation,
      apiVersion: apiVersionOf(definition.group, definition.version),
      subresource,
      time: undefined,
    };
  }

  #time(): string {
    return timestamp(this.#options.now());
  }
}

/** A failure for which Kubernetes gives no reason but the message. */
function unexplained(message: string, cause?: unknown): ApiServerError {
  return new ApiServerError('InternalError', message, { reason: '', cause });
}

/** `[]` and `[{}]` mean that nobody shall own anything. */
function isReset(managedFields: unknown): boolean {
  if (!Array.isArray(managedFields)) return false;
  const [first, ...others] = managedFields as unknown[];
  return others.length === 0 && (first === undefined || (isObject(first) && Object.keys(first).length === 0));
}

function readOrNone(object: KubeObject): Managers {
  try {
    return readManagers(object);
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

/** A type as Kubernetes' messages print it: `apps/v1, Kind=Deployment`. */
function typeName({ apiVersion, kind }: JsonObject): string {
  const text = stringOf(apiVersion);
  return `${text.includes('/') ? text : `/${text}`}, Kind=${stringOf(kind)}`;
}

/**
 * Takes back, in place, that owners changed something just now, if apart from that nothing has changed: a write that
 * changes nothing makes no new revision.
 */
export function keepTimes(next: KubeObject, old: KubeObject): void {
  const before = elementsOf(old.metadata.managedFields);
  const after = elementsOf(next.metadata.managedFields);
  if (before.length === 0 || before.length !== after.length) return;
  if (equalJson(before, after) || !equalJson(before.map(withoutTime), after.map(withoutTime))) return;
  const rest = ({ metadata, ...members }: KubeObject) => ({
    ...members,
    metadata: { ...metadata, managedFields: undefined },
  });
  if (equalJson(rest(next), rest(old))) next.metadata.managedFields = before;
}

function withoutTime(entry: unknown): unknown {
  return isObject(entry) ? { ...entry, time: undefined } : entry;
}

/**
 * What is wrong with owners as an admission plugin has left them.
 * @returns undefined if they can be read.
 */
export function managersProblem(object: KubeObject): string | undefined {
  try {
    readManagers(object);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}
