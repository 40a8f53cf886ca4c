const compiled = new Map<string, RegExp | undefined>();

/**
 * Compiles a pattern written for Go's RE2, as far as JavaScript's syntax goes: a leading `(?i)` is understood.
 * @returns `undefined` when the pattern is not a regular expression.
 */
export function compilePattern(source: string): RegExp | undefined {
  if (!compiled.has(source)) compiled.set(source, tryCompile(source));
  return compiled.get(source);
}

function tryCompile(source: string): RegExp | undefined {
  const insensitive = source.startsWith('(?i)');
  const body = insensitive ? source.slice(4) : source;
  const flags = insensitive ? 'i' : '';
  // RE2 accepts escapes such as \- that JavaScript refuses in Unicode mode: fall back to the lenient syntax.
  return construct(body, `${flags}u`) ?? construct(body, flags);
}

function construct(body: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(body, flags);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
