import { readFileSync } from 'node:fs';

/** How a test shows a fact: both sides of a refusal, or what is done. */
export type FactKind = 'refuses' | 'does';

/** The facts of a list, by id. Lines are `id<TAB>kind`, and perhaps words on it after another tab; those that begin with `#` are comments. */
export function readFacts(file: URL): Map<string, FactKind> {
  const facts = new Map<string, FactKind>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [id = '', kind] = line.split('\t');
    if (kind !== 'refuses' && kind !== 'does') throw new Error(`${file.pathname}: "${line}" has no kind`);
    if (facts.has(id)) throw new Error(`${file.pathname}: ${id} stands twice`);
    facts.set(id, kind);
  }
  return facts;
}

/** The ids in the first column of the tables of a document: what is deliberately different, with the reason beside it. */
export function readDifferences(file: URL): Set<string> {
  const rows = readFileSync(file, 'utf8').matchAll(/^\|\s*`?([A-Z][A-Z0-9.]*-[\w.]+)`?\s*\|\s*\S/gm);
  return new Set(Array.from(rows, ([, id = '']) => id));
}

export interface FactCoverage {
  readonly known: number;
  /** Shown by passed tests. */
  readonly shown: number;
  readonly different: number;
  /** Neither shown nor listed as different, with what is missing. */
  readonly missing: readonly string[];
  /** Listed as different, but not among the facts. */
  readonly unknown: readonly string[];
}

const idPattern = /^[A-Z][A-Z0-9.]*-[\w.]*\w/;

/** The ids that a test's title begins with, and on which side of them it stands. */
export function factsOfTitle(title: string): { ids: string[]; side: 'accepts' | 'refuses' | undefined } {
  const ids: string[] = [];
  let rest = title;
  for (let id = idPattern.exec(rest)?.[0]; id !== undefined; id = idPattern.exec(rest)?.[0]) {
    ids.push(id);
    rest = rest.slice(id.length).replace(/^(, | and )/, '');
  }
  const [, side] = /^ (accepts|refuses)\b/.exec(rest) ?? [];
  return { ids, side: side === 'accepts' || side === 'refuses' ? side : undefined };
}

/** What the titles of passed tests show of the facts. */
export function factCoverage(
  facts: ReadonlyMap<string, FactKind>,
  differences: ReadonlySet<string>,
  passedTitles: Iterable<string>,
): FactCoverage {
  const sides = new Map<string, Set<string>>();
  for (const title of passedTitles) {
    const { ids, side = 'does' } = factsOfTitle(title);
    for (const id of ids) sides.set(id, (sides.get(id) ?? new Set()).add(side));
  }
  const missing: string[] = [];
  let shown = 0;
  for (const [id, kind] of facts) {
    const seen = sides.get(id) ?? new Set<string>();
    const lacking =
      kind === 'does'
        ? seen.size > 0
          ? []
          : ['does']
        : ['accepts', 'refuses'].filter((side) => !seen.has(side));
    if (lacking.length === 0) shown += 1;
    else if (!differences.has(id)) missing.push(kind === 'does' ? id : `${id} (${lacking.join(', ')})`);
  }
  const different = [...facts.keys()].filter((id) => differences.has(id)).length;
  const unknown = [...differences].filter((id) => !facts.has(id));
  return { known: facts.size, shown, different, missing, unknown };
}
