import { VirtctlError } from '../errors.ts';

/** Members of a flag like `src:registry/image:tag,name:root`: each has a key, and its value may contain colons. */
export type Parameters = ReadonlyMap<string, string>;

/** What went wrong with the value of a flag. */
export function flagError(flag: string, why: string): VirtctlError {
  return new VirtctlError('usage', `failed to parse "--${flag}" flag: ${why}`);
}

/**
 * Reads the value of a flag with members.
 * @param known the keys that there are
 * @throws VirtctlError `usage` for a member without value, an unknown key and one that stands twice
 */
export function parseParameters(flag: string, text: string, known: readonly string[]): Parameters {
  if (text === '') throw flagError(flag, 'the value is empty');
  const found = new Map<string, string>();
  for (const member of text.split(',')) {
    const colon = member.indexOf(':');
    const key = member.slice(0, Math.max(colon, 0));
    const value = member.slice(colon + 1);
    if (colon < 1 || value === '') throw flagError(flag, `"${member}" is not of the form KEY:VALUE`);
    if (!known.includes(key)) throw flagError(flag, `unknown param "${key}"; there are ${known.join(', ')}`);
    if (found.has(key)) throw flagError(flag, `param "${key}" stands twice`);
    found.set(key, value);
  }
  return found;
}

/** The value of a member that must be there. @throws VirtctlError `usage` */
export function needed(flag: string, parameters: Parameters, key: string): string {
  const value = parameters.get(key);
  if (value === undefined) throw flagError(flag, `param "${key}" must be specified`);
  return value;
}

/** Splits `NAMESPACE/NAME` or `NAME`. @throws VirtctlError `usage` for anything else */
export function parseReference(flag: string, text: string): { namespace: string | undefined; name: string } {
  const [first = '', second, ...more] = text.split('/');
  if (more.length > 0 || first === '' || second === '')
    throw flagError(flag, `"${text}" is not of the form [NAMESPACE/]NAME`);
  return second === undefined ? { namespace: undefined, name: first } : { namespace: first, name: second };
}

/** A place in the boot order, from 1. @throws VirtctlError `usage` */
export function parseBootOrder(flag: string, parameters: Parameters): number | undefined {
  const text = parameters.get('bootorder');
  if (text === undefined) return undefined;
  const order = Number(text);
  if (!/^\d{1,9}$/.test(text) || order < 1)
    throw flagError(flag, 'bootorder must be a number greater than 0');
  return order;
}
