import { sizeOf } from './budget.ts';
import { isList, type CelValue } from './values.ts';

/** Units per character that is read. */
const READING = 0.1;
/** Units per character of a regular expression, for each tenth of a character that it looks at. */
const MATCHING = 0.25;
/** What asking the authorizer costs: an expression can do so twice. */
const AUTHORIZATION_CHECK = 350_000;
/** How long the expressions behind named formats are taken to be. */
const FORMAT_LENGTH = 60;

type Cost = (values: readonly CelValue[]) => number;

/** What a call costs beside its arguments, in the units of Kubernetes: 1, and more for functions that read strings and lists. */
export function costOf(name: string): Cost {
  switch (name) {
    case 'check':
      return () => AUTHORIZATION_CHECK;
    case 'contains':
      return ([text, part]) => Math.max(1, reading(text) * reading(part));
    case 'matches':
    case 'find':
    case 'findAll':
      return ([text, pattern]) => matching(text, sizeOf(pattern));
    case 'validate':
      return ([, text]) => matching(text, FORMAT_LENGTH);
    case 'startsWith':
    case 'endsWith':
      return ([, part]) => reading(part);
    case '_==_':
    case '_!=_':
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      return ([a, b]) => Math.max(1, Math.ceil(Math.min(sizeOf(a), sizeOf(b)) * (isText(a) ? READING : 1)));
    case '_+_':
      return ([a, b]) => (isText(a) ? Math.ceil((sizeOf(a) + sizeOf(b)) * READING) : 1);
    case '@in':
      return ([, range]) => (range !== undefined && isList(range) ? range.size : 1);
    case 'sort':
    case 'distinct':
    case 'sets.contains':
    case 'sets.intersects':
    case 'sets.equivalent':
      return ([a, b]) => 1 + sizeOf(a) * sizeOf(b ?? a);
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return ([values]) => Math.max(1, isText(values) ? reading(values) : sizeOf(values));
    case 'replace':
    case 'split':
    case 'ip.isCanonical':
      return ([text]) => Math.max(1, 2 * reading(text));
    default:
      return ([text]) => Math.max(1, isText(text) ? reading(text) : 1);
  }
}

function reading(text: CelValue | undefined): number {
  return Math.ceil(sizeOf(text) * READING);
}

function matching(text: CelValue | undefined, length: number): number {
  return Math.max(1, Math.ceil((1 + sizeOf(text)) * READING) * Math.ceil(length * MATCHING));
}

function isText(value: CelValue | undefined): boolean {
  return typeof value === 'string' || value instanceof Uint8Array;
}
