import { ApiServerError } from '../errors.ts';
import { isObject } from '../object/json.ts';

type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | {
      readonly kind: 'filter';
      readonly path: readonly string[];
      readonly equals: string | number | boolean | undefined;
    };

/**
 * Compiles the JSONPath of a printer column: members (`.a.b`, `['a.b']`, `.a\.b`), indexes, `[*]` and filters such as
 * `[?(@.type=="Ready")]`.
 * @returns a function from an object to the values that the path selects.
 * @throws ApiServerError `BadRequest` for an expression outside this subset.
 */
export function compileJsonPath(expression: string): (object: unknown) => unknown[] {
  const steps = parse(expression);
  return (object) =>
    steps.reduce<unknown[]>((values, step) => values.flatMap((value) => select(value, step)), [object]);
}

function parse(expression: string): Step[] {
  const steps: Step[] = [];
  let rest = expression
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .replace(/^\$/, '');
  while (rest !== '') {
    const [step, length] = parseStep(rest, expression);
    if (step !== undefined) steps.push(step);
    rest = rest.slice(length);
  }
  return steps;
}

function parseStep(rest: string, whole: string): [Step | undefined, number] {
  const member = /^\.((?:[^.[\]\\]|\\.)+)/.exec(rest);
  if (member !== null) {
    const name = (member[1] ?? '').replaceAll(/\\(.)/g, '$1');
    return [name === '*' ? { kind: 'all' } : { kind: 'member', name }, member[0].length];
  }
  const quoted = /^\.?\[(['"])(.*?)\1\]/.exec(rest);
  if (quoted !== null) return [{ kind: 'member', name: quoted[2] ?? '' }, quoted[0].length];
  const index = /^\[(-?\d+)\]/.exec(rest);
  if (index !== null) return [{ kind: 'index', index: Number(index[1]) }, index[0].length];
  const all = /^\[\*?:?\]/.exec(rest);
  if (all !== null) return [{ kind: 'all' }, all[0].length];
  const filter = /^\[\?\(\s*@((?:\.[\w-]+)+)\s*(?:==\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*)?\)\]/.exec(rest);
  if (filter !== null) return [parseFilter(filter), filter[0].length];
  if (rest === '.') return [undefined, 1];
  throw new ApiServerError('BadRequest', `the JSONPath "${whole}" is not supported at "${rest}"`);
}

function parseFilter(match: RegExpExecArray): Step {
  const [, path = '', double, single, bare] = match;
  const text = double ?? single;
  const equals =
    text ??
    (bare === undefined ? undefined : bare === 'true' ? true : bare === 'false' ? false : Number(bare));
  return { kind: 'filter', path: path.slice(1).split('.'), equals };
}

function select(value: unknown, step: Step): unknown[] {
  switch (step.kind) {
    case 'member':
      return isObject(value) && Object.hasOwn(value, step.name) && value[step.name] !== undefined
        ? [value[step.name]]
        : [];
    case 'index':
      return Array.isArray(value) && value.at(step.index) !== undefined ? [value.at(step.index)] : [];
    case 'all':
      return Array.isArray(value) ? (value as unknown[]) : isObject(value) ? Object.values(value) : [];
    case 'filter':
      return Array.isArray(value) ? value.filter((element: unknown) => passes(element, step)) : [];
    default:
      return step satisfies never;
  }
}

function passes(element: unknown, { path, equals }: Extract<Step, { kind: 'filter' }>): boolean {
  let current: unknown = element;
  for (const name of path) {
    if (!isObject(current) || !Object.hasOwn(current, name)) return false;
    current = current[name];
  }
  return equals === undefined ? current !== undefined : current === equals;
}
