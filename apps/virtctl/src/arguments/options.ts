import { Option } from 'commander';
import { VirtctlError } from '../errors.ts';

/** A flag that may stand several times; a separator splits each value further. */
export function repeatable(flags: string, description: string, separator?: string): Option {
  return new Option(flags, description).argParser<string[]>((text, before) => [
    ...(before ?? []),
    ...(separator === undefined ? [text] : text.split(separator)),
  ]);
}

/** A flag that is on by default and can be switched off: `--flag`, `--flag=false`. Without it the value is undefined. */
export function switchable(flag: string, description: string): Option {
  return new Option(`${flag} [bool]`, description).preset('true').argParser((text: string) => {
    if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
    if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
    throw new VirtctlError(
      'usage',
      `invalid argument "${text}" for "${flag}" flag: it is neither true nor false`,
    );
  });
}

/** A flag that must be given; that it is not is told by the command, in the words that users of virtctl know. */
export function required(flags: string, description: string): Option {
  return new Option(flags, `${description} (required)`);
}
