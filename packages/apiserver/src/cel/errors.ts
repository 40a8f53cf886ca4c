/** One mistake found in an expression before it runs. */
export interface CelIssue {
  /** Offset in the expression, in UTF-16 units. */
  readonly at: number;
  readonly message: string;
}

// The errors of this folder never leave it: what they say becomes a cause of a Status.

/** The evaluation of an expression went wrong; `||` and `&&` may still absorb it. */
export class CelFault extends Error {
  override readonly name = 'CelFault';
}

/** The evaluation of an expression used up what it may cost; nothing absorbs this. */
export class CelBudgetExceeded extends Error {
  override readonly name = 'CelBudgetExceeded';

  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

/** What a function says that is given values it is not made for. */
export const NO_SUCH_OVERLOAD = 'no such overload';

/** @returns what to throw when values have types that a function is not made for. */
export function noSuchOverload(): CelFault {
  return new CelFault(NO_SUCH_OVERLOAD);
}

/** The issues of an expression the way Kubernetes prints them: message, the line, a caret below the place. */
export function issuesText(source: string, issues: readonly CelIssue[]): string {
  return [...issues]
    .sort((a, b) => a.at - b.at)
    .map(({ at, message }) => {
      const before = source.slice(0, at).split('\n');
      const start = Array.from(before.at(-1) ?? '');
      const line = (source.split('\n')[before.length - 1] ?? '').replaceAll('\t', ' ');
      // Below a character that may be shown wider stands a dot that is as wide.
      const dots = start.map((character) => (Buffer.byteLength(character) > 1 ? '．' : '.')).join('');
      return `ERROR: <input>:${before.length}:${start.length + 1}: ${message}\n | ${line}\n | ${dots}^`;
    })
    .join('\n');
}
