// Names of members as expressions write them: `a-b` is `a__dash__b`, `namespace` is `__namespace__`.

/** Words that the grammar does not take for names. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const CODES: Readonly<Record<string, string>> = { __: 'underscores', '.': 'dot', '-': 'dash', '/': 'slash' };
const CHARACTERS = new Map(Object.entries(CODES).map(([character, code]) => [code, character]));

/** The name that expressions use for a member; undefined if they cannot name it. */
export function escapeName(name: string): string | undefined {
  if (!/^[A-Za-z_./-][\w./-]*$/.test(name)) return undefined;
  if (KEYWORDS.has(name)) return `__${name}__`;
  return name.replaceAll(/__|[./-]/g, (character) => `__${CODES[character] ?? ''}__`);
}

/** The member that a name of an expression means; undefined if it means none. */
export function unescapeName(name: string): string | undefined {
  let valid = true;
  const member = name.replaceAll(/__([^_]+)__/g, (escape, code: string) => {
    const character = CHARACTERS.get(code);
    if (character !== undefined) return character;
    if (!KEYWORDS.has(code) || escape.length !== name.length) valid = false;
    return code;
  });
  return valid ? member : undefined;
}
