import { equalJson } from '../object/json.ts';
import { compare, excluding, type Comparison } from './compare.ts';
import { ApplyConflicts } from './conflicts.ts';
import {
  difference,
  intersection,
  isEmpty,
  NO_FIELDS,
  recursiveDifference,
  union,
  type FieldTree,
} from './field-tree.ts';
import { fieldsOf, reconcile, withNamedParents } from './fields-of.ts';
import type { Manager, Managers } from './managers.ts';
import { merge } from './merge.ts';
import { remove } from './remove.ts';
import type { Versioned, Versions } from './versions.ts';

/** Keeps books of who owns which fields: the rules of ownership, without anything of HTTP or of Kubernetes' metadata. */
export class Updater {
  readonly #versions: Versions;
  readonly #ignored: FieldTree;

  /** @param ignored fields that the request cannot change and so nobody gets by it. */
  constructor(versions: Versions, ignored: FieldTree) {
    this.#versions = versions;
    this.#ignored = ignored;
  }

  /**
   * Somebody has put `after` in the place of `before`: what they changed is theirs now, and nobody else's.
   * @param id of the manager in the result; its former fields are not looked at if it is not there yet.
   */
  async update(
    before: Versioned,
    after: Versioned,
    managers: Managers,
    id: string,
    manager: Omit<Manager, 'fields'>,
  ): Promise<Managers> {
    const known = await this.#reconciled(before, managers);
    const { result, comparison } = await this.#settle(before, after, known, id);
    const { added, modified, removed } = comparison;
    const former = result.get(id)?.fields ?? NO_FIELDS;
    const fields = recursiveDifference(
      union(union(difference(former, removed), modified), added),
      this.#ignored,
    );
    if (isEmpty(fields)) result.delete(id);
    else result.set(id, { ...manager, fields });
    return result;
  }

  /**
   * Somebody says what they want of an object: that is theirs, and what they wanted before and nobody else owns goes.
   * @returns the new object, undefined if the object stays as it is; or what would be taken from others without force.
   */
  async apply(
    live: Versioned,
    config: Versioned,
    managers: Managers,
    id: string,
    manager: Omit<Manager, 'fields'>,
    force: boolean,
  ): Promise<{ object: unknown; managers: Managers } | ApplyConflicts> {
    const known = await this.#reconciled(live, managers);
    const merged = { ...live, object: merge(live.shape, live.object, config.object) };
    const former = known.get(id);
    const fields = recursiveDifference(fieldsOf(config.shape, config.object), this.#ignored);
    known.set(id, { ...manager, fields });
    const pruned = await this.#prune(merged, known, former);
    const { result, conflicts } = await this.#settle(live, pruned, known, id);
    if (!force && conflicts.size > 0) return new ApplyConflicts(conflicts);
    const changed = !equalJson(live.object, pruned.object);
    return { object: changed ? pruned.object : undefined, managers: result };
  }

  /** Fields of others that have changed or gone are no longer theirs. */
  async #settle(
    before: Versioned,
    after: Versioned,
    managers: Managers,
    id: string,
  ): Promise<{ result: Managers; comparison: Comparison; conflicts: Map<Manager, FieldTree> }> {
    const full = compare(after.shape, before.object, after.object);
    const byVersion = new Map([[after.apiVersion, excluding(full, this.#ignored)]]);
    const result: Managers = new Map();
    const conflicts = new Map<Manager, FieldTree>();
    for (const [other, manager] of managers) {
      if (other === id) {
        result.set(other, manager);
        continue;
      }
      const comparison = await this.#comparison(byVersion, before, after, manager.apiVersion);
      if (comparison === undefined) continue;
      const taken = intersection(manager.fields, union(comparison.modified, comparison.added));
      if (!isEmpty(taken)) conflicts.set(manager, taken);
      const fields = difference(difference(manager.fields, taken), comparison.removed);
      result.set(other, { ...manager, fields });
    }
    for (const [other, { fields }] of result) if (isEmpty(fields)) result.delete(other);
    return { result, comparison: full, conflicts };
  }

  async #comparison(
    byVersion: Map<string, Comparison>,
    before: Versioned,
    after: Versioned,
    apiVersion: string,
  ): Promise<Comparison | undefined> {
    const known = byVersion.get(apiVersion);
    if (known !== undefined) return known;
    const left = await this.#versions.convert(before, apiVersion);
    const right = await this.#versions.convert(after, apiVersion);
    if (left === undefined || right === undefined) return undefined;
    const comparison = compare(left.shape, left.object, right.object);
    byVersion.set(apiVersion, comparison);
    return comparison;
  }

  /** Takes out what the manager applied before and does not any more, unless others own it too. */
  async #prune(merged: Versioned, managers: Managers, former: Manager | undefined): Promise<Versioned> {
    if (former === undefined || isEmpty(former.fields)) return merged;
    const whole = await this.#versions.convert(merged, former.apiVersion);
    if (whole === undefined) return merged;
    const last = withNamedParents(whole.shape, former.fields);
    let pruned: Versioned = { ...whole, object: remove(whole.shape, whole.object, last) };
    pruned = await this.#addBackOwned(whole, pruned, former.apiVersion, managers);
    pruned = await this.#addBackDangling(whole, pruned, last);
    return (await this.#versions.convert(pruned, merged.apiVersion)) ?? pruned;
  }

  /** What anybody owns, in whichever version, stays. */
  async #addBackOwned(
    whole: Versioned,
    first: Versioned,
    firstVersion: string,
    managers: Managers,
  ): Promise<Versioned> {
    const owned = new Map<string, FieldTree>([[firstVersion, NO_FIELDS]]);
    for (const { apiVersion, fields } of managers.values())
      owned.set(apiVersion, union(owned.get(apiVersion) ?? NO_FIELDS, fields));
    let pruned = first;
    for (const [apiVersion, fields] of owned) {
      if (isEmpty(fields)) continue;
      const all = await this.#versions.convert(whole, apiVersion);
      const left = await this.#versions.convert(pruned, apiVersion);
      if (all === undefined || left === undefined) continue;
      const { shape } = all;
      const kept = union(namedFieldsOf(left), withNamedParents(shape, fields));
      pruned = { ...all, object: remove(shape, all.object, difference(namedFieldsOf(all), kept)) };
    }
    return pruned;
  }

  /** What went only because something above it did stays, if the manager never owned it. */
  async #addBackDangling(whole: Versioned, pruned: Versioned, last: FieldTree): Promise<Versioned> {
    const left = await this.#versions.convert(pruned, whole.apiVersion);
    if (left === undefined) return whole;
    const gone = difference(namedFieldsOf(whole), namedFieldsOf(left));
    return { ...whole, object: remove(whole.shape, whole.object, intersection(gone, last)) };
  }

  async #reconciled(live: Versioned, managers: Managers): Promise<Managers> {
    const result: Managers = new Map();
    for (const [id, manager] of managers) {
      const versioned =
        manager.apiVersion === live.apiVersion
          ? live
          : await this.#versions.convert(live, manager.apiVersion);
      if (versioned === undefined) continue;
      const fields = reconcile(versioned.shape, manager.fields);
      result.set(id, fields === manager.fields ? manager : { ...manager, fields });
    }
    return result;
  }
}

function namedFieldsOf({ shape, object }: Versioned): FieldTree {
  return withNamedParents(shape, fieldsOf(shape, object));
}
