import { carriedFields, carriedValues } from './carried-fields.ts';

/** A field that is set and goes nowhere. */
export interface UncarriedField {
  /** Path below the root that was given, for example `spec.domain.devices.tpm`. */
  path: string;
  reason: string;
}

interface Trie {
  /** Everything below is carried. */
  all: boolean;
  children: Map<string, Trie>;
}

const root = buildTrie();

function buildTrie(): Trie {
  const empty = (): Trie => ({ all: false, children: new Map() });
  const top = empty();
  for (const field of carriedFields) {
    let node = top;
    for (const part of field.replaceAll('[]', '.[]').split('.')) {
      if (part === '**') {
        node.all = true;
        continue;
      }
      let next = node.children.get(part);
      if (next === undefined) {
        next = empty();
        node.children.set(part, next);
      }
      node = next;
    }
  }
  return top;
}

/** Longest list of findings; a manifest with more has said enough. */
const mostFindings = 100;

/**
 * Every set field of an instance's `spec` that is not carried, in the order of the object. Empty objects and lists and
 * undefined values count as not set, except where their presence says something (`tpm: {}`).
 *
 * @param path Prefix of the reported paths, for example `spec` or `spec.template.spec`.
 */
export function uncarried(spec: object, path = 'spec'): UncarriedField[] {
  const findings: UncarriedField[] = [];
  walk(spec, root, path, '', findings);
  return findings.slice(0, mostFindings);
}

function walk(value: unknown, node: Trie, path: string, pattern: string, findings: UncarriedField[]): void {
  if (findings.length >= mostFindings || node.all) return;
  if (Array.isArray(value)) {
    const next = node.children.get('[]');
    for (const [index, entry] of value.entries()) {
      if (next === undefined) findings.push(notCarried(`${path}[${index}]`));
      else walk(entry, next, `${path}[${index}]`, `${pattern}[]`, findings);
    }
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined || inner === null || (Array.isArray(inner) && inner.length === 0)) continue;
      const next = node.children.get(name);
      const below = `${path}.${name}`;
      if (next === undefined) findings.push(notCarried(below));
      else walk(inner, next, below, pattern === '' ? name : `${pattern}.${name}`, findings);
    }
    return;
  }
  const limit = carriedValues.find((entry) => entry.path === pattern);
  if (limit !== undefined && !limit.accepts(value)) findings.push({ path, reason: limit.reason });
}

const notCarried = (path: string): UncarriedField => ({
  path,
  reason: 'this field is not carried by this version of Virtkit; remove it',
});
