import { VirtctlError } from '../errors.ts';

/** Reads `KEY=VALUE,...`. @throws VirtctlError `usage` */
export function parsePairs(flag: string, text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const sign = pair.indexOf('=');
      if (sign < 1)
        throw new VirtctlError(
          'usage',
          `invalid argument "${text}" for "--${flag}" flag: "${pair}" is not KEY=VALUE`,
        );
      return [pair.slice(0, sign), pair.slice(sign + 1)];
    }),
  );
}
