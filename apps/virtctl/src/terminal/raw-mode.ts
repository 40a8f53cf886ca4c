import type { SessionInput } from '../session.ts';

/**
 * Switches a terminal to raw mode: every key, Ctrl-C included, arrives as bytes. Disposing switches back. Input that is
 * no terminal is left as it is.
 */
export function enterRawMode(input: SessionInput): Disposable {
  if (input.isTTY !== true || input.setRawMode === undefined) return { [Symbol.dispose]: () => undefined };
  input.setRawMode(true);
  return { [Symbol.dispose]: () => void input.setRawMode?.(false) };
}
