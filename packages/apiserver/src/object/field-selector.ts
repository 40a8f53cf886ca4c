import { ApiServerError } from '../errors.ts';
import { valueAt } from './json.ts';
import type { KubeObject } from './types.ts';

/** Field labels that a resource can be selected by, and where their values are. */
export type SelectableFields = Readonly<Record<string, readonly string[]>>;

/** Fields that every resource can be selected by. */
export const COMMON_FIELDS: SelectableFields = {
  'metadata.name': ['metadata', 'name'],
  'metadata.namespace': ['metadata', 'namespace'],
};

/**
 * Parses the `fieldSelector` query parameter (`a=b`, `a==b`, `a!=b`, joined by commas).
 * @throws ApiServerError `BadRequest` for a field that the resource cannot be selected by.
 */
export function parseFieldSelector(text: string, fields: SelectableFields): (object: KubeObject) => boolean {
  // A backslash takes their meaning from commas, equals signs and backslashes; a term of nothing selects everything.
  const terms = (text.match(/(?:\\.|[^,\\]|\\$)+/gs) ?? []).filter((term) => !/^==?$/.test(term));
  const tests = terms.map((term) => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term);
    if (match === null)
      throw new ApiServerError('BadRequest', `invalid selector: '${text}'; can't understand '${term}'`);
    const [, label = '', operator, written = ''] = match;
    const wanted = written.replaceAll(/\\([\\,=])/g, '$1');
    const known = Object.keys(fields)
      .map((field) => JSON.stringify(field))
      .join(', ');
    const path = Object.hasOwn(fields, label) ? fields[label] : undefined;
    if (path === undefined)
      throw new ApiServerError(
        'BadRequest',
        // Kubernetes tells which fields there are only of resources that have no others than all have.
        Object.keys(fields).some((field) => !Object.hasOwn(COMMON_FIELDS, field))
          ? `field label not supported: ${label}`
          : `${JSON.stringify(label)} is not a known field selector: only ${known}`,
      );
    return (object: KubeObject) => {
      return (shownValue(valueAt(object, path)) === wanted) !== (operator === '!=');
    };
  });
  return (object) => tests.every((test) => test(object));
}

/** How a field compares: absent fields and objects as the empty string. */
function shownValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
