/** One position of a pattern: any text, any character, or one of a set. */
type Token =
  | { readonly kind: 'text' }
  | { readonly kind: 'any' }
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly CharacterRange[] };

/** First and last character, both included. */
type CharacterRange = readonly [first: string, last: string];

/**
 * Whether all of `text` matches a shell pattern with `*`, `?`, `[..]` and backslashes. A malformed pattern matches nothing.
 * Takes time proportional to the product of both lengths at most, whatever the pattern.
 */
export function matchesGlob(text: string, pattern: string): boolean {
  const tokens = tokensOf(pattern);
  return tokens !== undefined && matches(Array.from(text), tokens);
}

/** Follows the pattern; after a mismatch the last `*` takes one character more. Earlier ones never need to change. */
function matches(characters: readonly string[], tokens: readonly Token[]): boolean {
  let at = 0;
  let token = 0;
  let retry: { readonly token: number; at: number } | undefined;
  while (at < characters.length) {
    const expected = tokens[token];
    if (expected?.kind === 'text') {
      token += 1;
      retry = { token, at };
    } else if (expected !== undefined && matchesOne(characters[at]!, expected)) {
      token += 1;
      at += 1;
    } else if (retry !== undefined) {
      retry.at += 1;
      at = retry.at;
      token = retry.token;
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === 'text');
}

function matchesOne(character: string, token: Exclude<Token, { kind: 'text' }>): boolean {
  switch (token.kind) {
    case 'any':
      return true;
    case 'literal':
      return token.character === character;
    case 'set':
      return token.negated !== token.ranges.some(([first, last]) => first <= character && character <= last);
    default:
      return token satisfies never;
  }
}

/** The parts of a pattern; undefined when a set or an escape is not finished. */
function tokensOf(pattern: string): Token[] | undefined {
  const tokens: Token[] = [];
  const rest = Array.from(pattern).reverse();
  for (let character = rest.pop(); character !== undefined; character = rest.pop()) {
    const token = tokenFrom(character, rest);
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

/** The token that begins with `character`; takes what belongs to it from the end of `rest`. */
function tokenFrom(character: string, rest: string[]): Token | undefined {
  switch (character) {
    case '*':
      return { kind: 'text' };
    case '?':
      return { kind: 'any' };
    case '[':
      return setFrom(rest);
    default: {
      const literal = character === '\\' ? rest.pop() : character;
      return literal === undefined ? undefined : { kind: 'literal', character: literal };
    }
  }
}

/** A set is not empty: a `]` at its beginning is one of its characters. */
function setFrom(rest: string[]): Token | undefined {
  const negated = rest.at(-1) === '^' || rest.at(-1) === '!';
  if (negated) rest.pop();
  const ranges: CharacterRange[] = [];
  for (let character = rest.pop(); character !== undefined; character = rest.pop()) {
    if (character === ']' && ranges.length > 0) return { kind: 'set', negated, ranges };
    const first = character === '\\' ? rest.pop() : character;
    const ranged = rest.at(-1) === '-' && rest.at(-2) !== ']';
    if (ranged) rest.pop();
    const last = ranged ? rest.pop() : first;
    if (first === undefined || last === undefined) return undefined;
    ranges.push([first, last]);
  }
  return undefined;
}
