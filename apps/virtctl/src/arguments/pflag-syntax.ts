import type { Command } from 'commander';
import { VirtctlError } from '../errors.ts';

const truths: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const falsehoods: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/**
 * Rewrites two spellings of flags that users and scripts of virtctl know from Go and that commander does not read:
 * `--force=true` for flags without a value, and `-v=4` for short flags with one.
 *
 * @throws VirtctlError `usage` for a value that is neither true nor false
 */
export function fromGoSyntax(program: Command, argv: readonly string[]): string[] {
  const { switches, shortValues } = spellings(program);
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  const rewritten = flags.flatMap((argument) => {
    const [, name, value] = /^(--?[A-Za-z][\w-]*)=(.*)$/s.exec(argument) ?? [];
    if (name === undefined || value === undefined) return [argument];
    if (shortValues.has(name)) return [name, value];
    if (!switches.has(name)) return [argument];
    if (truths.has(value)) return [name];
    if (falsehoods.has(value)) return [];
    throw new VirtctlError(
      'usage',
      `invalid argument "${value}" for "${name}" flag: it is neither true nor false`,
    );
  });
  return [...rewritten, ...argv.slice(flags.length)];
}

interface Spellings {
  /** Names of flags without a value. */
  readonly switches: ReadonlySet<string>;
  /** One-letter names of flags with a value. */
  readonly shortValues: ReadonlySet<string>;
}

function spellings(program: Command): Spellings {
  const switches = new Set<string>();
  const shortValues = new Set<string>();
  const visit = (command: Command): void => {
    for (const { short, long, required, optional } of command.options) {
      const valued = required || optional;
      if (valued && short !== undefined) shortValues.add(short);
      if (valued) continue;
      if (short !== undefined) switches.add(short);
      if (long !== undefined) switches.add(long);
    }
    command.commands.forEach(visit);
  };
  visit(program);
  // A letter that has a value with one command and none with another is left as it is written.
  for (const name of switches) if (shortValues.delete(name)) switches.delete(name);
  return { switches, shortValues };
}
