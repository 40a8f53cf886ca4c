import { CoreTypesError } from '../errors.ts';
import { getPointer } from '../patch/json-pointer.ts';

/** One condition on a field; `path` is dotted, as in `status.phase`. */
export interface FieldRequirement {
  readonly path: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/**
 * Parses `metadata.name=vm,status.phase!=Running`. `==` is the same as `=`; in values, a backslash takes away the
 * meaning of a comma, an equals sign or a backslash. The empty string selects everything.
 *
 * @throws CoreTypesError `InvalidSelector`
 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  if (text === '') return [];
  const terms = text.match(/(?:\\.|[^\\,])+|\\$/gs) ?? [];
  const separators = text.replaceAll(/\\./gs, '').split(',').length - 1;
  if (terms.length !== separators + 1) throw invalid('empty term', text);
  return terms.map((term) => parseTerm(term, text));
}

function parseTerm(term: string, text: string): FieldRequirement {
  const match = /^([^=!\\]+)(!=|==|=)((?:\\.|[^\\=])*)$/s.exec(term);
  if (!match) throw invalid(`cannot read ${JSON.stringify(term)}`, text);
  const [, path, operator, escaped] = match;
  if (/\\[^\\,=]/s.test(escaped!.replaceAll('\\\\', ''))) throw invalid('unknown escape', text);
  return {
    path: path!.trim(),
    operator: operator === '!=' ? '!=' : '=',
    value: escaped!.replaceAll(/\\([\\,=])/g, '$1'),
  };
}

function invalid(why: string, text: string): CoreTypesError {
  return new CoreTypesError('InvalidSelector', `${why} in field selector ${JSON.stringify(text)}`);
}

/** Whether an object meets a field selector. An absent field has the value of an empty string. */
export function matchesFields(selector: string | readonly FieldRequirement[], object: unknown): boolean {
  const requirements = typeof selector === 'string' ? parseFieldSelector(selector) : selector;
  return requirements.every(({ path, operator, value }) => {
    const equal = fieldText(getPointer(object, path.split('.'))) === value;
    return operator === '=' ? equal : !equal;
  });
}

function fieldText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      return '';
  }
}

/** The string form of field requirements, which `parseFieldSelector` reads back. */
export function formatFieldSelector(requirements: readonly FieldRequirement[]): string {
  return requirements
    .map(({ path, operator, value }) => path + operator + value.replaceAll(/[\\,=]/g, '\\$&'))
    .join(',');
}
