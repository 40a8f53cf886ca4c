import { isObject } from '../object/json.ts';
import type { Schema } from '../schema/types.ts';

const STEP = /\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\]/y;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '\\': '\\',
};

/**
 * Reads the fieldPath of a rule: `.spec.replicas`, `.labels['a.b']`.
 * @returns how Kubernetes prints it behind the path of the rule, or undefined if the schema has no such field
 */
export function normalFieldPath(path: string, schema: Schema): string | undefined {
  let current: Schema | undefined = schema;
  let text = '';
  let at = 0;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (match === null || current === undefined) return undefined;
    at = STEP.lastIndex;
    const name: string | undefined = match[1] ?? unescaped(match[2] ?? '');
    if (name === undefined) return undefined;
    if (current.properties !== undefined) {
      if (!Object.hasOwn(current.properties, name)) return undefined;
      current = current.properties[name];
      text += text === '' ? name : `.${name}`;
    } else if (isObject(current.additionalProperties)) {
      current = current.additionalProperties;
      text += `[${name}]`;
    } else return undefined;
  }
  return text;
}

function unescaped(text: string): string | undefined {
  let valid = true;
  const plain = text.replaceAll(/\\(.)/gs, (_, character: string) => {
    valid &&= ESCAPES[character] !== undefined;
    return ESCAPES[character] ?? '';
  });
  return valid ? plain : undefined;
}
