import { ApiServerError } from '../errors.ts';
import { fitting } from '../fitting.ts';
import { difference, forEachField, isEmpty, NO_FIELDS, union, type FieldTree } from './field-tree.ts';
import { printManager, type Manager } from './managers.ts';
import { printPath } from './path-element.ts';

/** Fields that somebody applies differently from how their owners want them. */
export class ApplyConflicts {
  readonly #fields: ReadonlyMap<Manager, FieldTree>;

  constructor(fields: ReadonlyMap<Manager, FieldTree>) {
    this.#fields = fields;
  }

  /** The conflicts that remain where some fields may be taken; undefined if none do. */
  except(allowed: FieldTree): ApplyConflicts | undefined {
    const remaining = new Map<Manager, FieldTree>();
    for (const [manager, fields] of this.#fields) {
      const rest = difference(fields, allowed);
      if (!isEmpty(rest)) remaining.set(manager, rest);
    }
    return remaining.size === 0 ? undefined : new ApplyConflicts(remaining);
  }

  /** The fields in conflict. */
  all(): FieldTree {
    return [...this.#fields.values()].reduce<FieldTree>(union, NO_FIELDS);
  }

  /** What the client is told: the owner and the path of each field. */
  toError(): ApiServerError {
    const owners = [...this.#fields]
      .map(([manager, fields]) => {
        const paths: string[] = [];
        forEachField(fields, (path) => paths.push(printPath(path)));
        return { owner: printManager(manager), paths };
      })
      .sort((a, b) => (a.owner < b.owner ? -1 : 1));
    const causes = owners.flatMap(({ owner, paths }) =>
      paths.map((field) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with ${owner}`,
        field,
      })),
    );
    const lines = owners.flatMap(({ owner, paths }) => [
      `conflicts with ${owner}:`,
      ...paths.map((path) => `- ${path}`),
    ]);
    const text =
      causes.length === 1
        ? `1 conflict: ${causes[0]?.message ?? ''}: ${causes[0]?.field ?? ''}`
        : `${causes.length} conflicts: ${fitting(lines, ({ length }) => length).join('\n')}`;
    return new ApiServerError('Conflict', `Apply failed with ${text}`, { causes });
  }
}
