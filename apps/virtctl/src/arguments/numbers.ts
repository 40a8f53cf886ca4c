import { VirtctlError } from '../errors.ts';

/** A parser for a flag whose value is a whole number in a range. @throws VirtctlError `usage`, from the parser */
export function wholeNumber(
  flag: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new VirtctlError(
      'usage',
      `invalid argument "${text}" for "${flag}" flag: it is a whole number ${range}`,
    );
  };
}
