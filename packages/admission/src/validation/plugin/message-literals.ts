/** A piece of a CEL text. */
interface Token {
  readonly kind: 'name' | 'text' | 'space' | 'other';
  readonly text: string;
}

/** Names with dots, strings in all their forms, white space and comments, and any other character. */
const tokens =
  /(?<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?<text>"""(?:[^\\]|\\.)*?"""|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<space>\s+|\/\/[^\n]*)|(?<other>.)/gsu;

/** The function that stands for a literal of the message type `Domain`, and the one for any other type. */
export const literalFunctions = { domain: 'literal_domain', other: 'literal_other' } as const;

/**
 * CEL with the literals of messages, `Domain{CPU: x}`, written as calls with maps, `literal_domain({"CPU": x})`: the compiler in
 * use knows no literals of messages. Everything else stays as it is.
 */
export function withoutMessageLiterals(expression: string): string {
  const list = Array.from(expression.matchAll(tokens), tokenOf);
  const open: Bracket[] = [];
  const written: string[] = [];
  let before = '';
  for (const [index, token] of list.entries()) {
    const after = nextOf(list, index)?.text;
    if (token.kind === 'name' && after === '{') {
      written.push(isDomain(token.text) ? literalFunctions.domain : literalFunctions.other, '(');
      open.push('pending');
    } else if (token.kind === 'name' && after === ':' && isKeyPlace(before, open)) {
      written.push(JSON.stringify(token.text));
    } else {
      written.push(token.text);
      if (token.kind === 'other') track(token.text, open, written);
    }
    if (token.kind !== 'space') before = token.text;
  }
  return written.join('');
}

/** What is open: a literal whose brace comes next, a literal, or anything else with brackets. */
type Bracket = 'pending' | 'literal' | 'other';

/** A key stands at the beginning of a literal or after a comma; elsewhere a colon belongs to a condition. */
function isKeyPlace(before: string, open: readonly Bracket[]): boolean {
  return open.at(-1) === 'literal' && (before === '{' || before === ',');
}

function track(text: string, open: Bracket[], written: string[]): void {
  if (text === '{' && open.at(-1) === 'pending') open.splice(-1, 1, 'literal');
  else if (text === '(' || text === '[' || text === '{') open.push('other');
  else if (text === ')' || text === ']') open.pop();
  else if (text === '}' && open.pop() === 'literal') written.push(')');
}

function tokenOf({ 0: text, groups = {} }: RegExpExecArray): Token {
  const kind = (['name', 'text', 'space'] as const).find((name) => groups[name] !== undefined);
  return { kind: kind ?? 'other', text };
}

/** The next piece that is not white space. */
function nextOf(list: readonly Token[], index: number): Token | undefined {
  return list.slice(index + 1, index + 3).find(({ kind }) => kind !== 'space');
}

function isDomain(name: string): boolean {
  return name.split('.').at(-1) === 'Domain';
}
