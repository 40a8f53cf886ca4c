import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { z } from 'zod';
import { connectionFlags, type ConnectionValues } from './connection-flags.ts';
import { wholeNumber } from './flag-values.ts';

/** Flags that every program has beside its own, in the form that `util.parseArgs` takes. */
const programFlags = {
  ...connectionFlags,
  v: { type: 'string', short: 'v', default: '2' },
  supervised: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const ProgramSchema = z.object({ v: wholeNumber(0, 100), supervised: z.boolean() });
const ConnectionSchema = z.object({
  server: z.string().optional(),
  'ca-file': z.string().optional(),
  'token-file': z.string().optional(),
  kubeconfig: z.string().optional(),
});

/** Values of flags that every program has. */
export type ProgramFlags = z.output<typeof ProgramSchema>;

/** A command line by which a program can run. */
export interface Invocation<Flags> {
  readonly kind: 'run';
  /** How the API server is found. */
  readonly connection: ConnectionValues;
  /** The other settings, by the names of their flags. */
  readonly flags: Flags & ProgramFlags;
}

/** What a command line asks for; `problem` has one line for each flag that is wrong. */
export type CommandLine<Flags> =
  Invocation<Flags> | { readonly kind: 'help' } | { readonly kind: 'wrong'; readonly problem: string };

/** The flags of one program, beside those that every program has. */
export interface CommandLineRules<Flags> {
  readonly options: ParseArgsOptionsConfig;
  /** Of the values that `util.parseArgs` finds; what is wrong with one is told behind its name: "must be ...". */
  readonly schema: z.ZodType<Flags>;
}

/**
 * Reads a command line, without the program's own name. Every program takes the flags of a connection, `-v`, `--supervised` and
 * `--help`; the negative of each flag without a value is `--no-` and its name.
 */
export function readCommandLine<Flags>(
  args: readonly string[],
  { options, schema }: CommandLineRules<Flags>,
): CommandLine<Flags> {
  const values = valuesOf(args, { ...programFlags, ...options });
  if (typeof values === 'string') return { kind: 'wrong', problem: values };
  if (values.help === true) return { kind: 'help' };
  const own = schema.safeParse(values);
  const shared = ProgramSchema.safeParse(values);
  if (own.success && shared.success) {
    const flags = { ...own.data, ...shared.data };
    return { kind: 'run', connection: ConnectionSchema.parse(values), flags };
  }
  const issues = [own, shared].flatMap(({ error }) => error?.issues ?? []);
  const lines = issues.map(({ path: [flag], message }) => `--${String(flag)} ${message}`);
  return { kind: 'wrong', problem: lines.join('\n') };
}

/** @returns what is wrong when flags are unknown, or have no value or one too many */
function valuesOf(
  args: readonly string[],
  options: ParseArgsOptionsConfig,
): Readonly<Record<string, unknown>> | string {
  try {
    return parseArgs({ args: [...args], options, allowNegative: true }).values;
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_'))
      return error.message;
    throw error;
  }
}

/**
 * Does what the command line asks for: runs, prints the usage, or tells on standard error what is wrong, and lets the process
 * end with status 2.
 */
export async function startProgram<Flags>(
  usage: string,
  commandLine: CommandLine<Flags>,
  run: (invocation: Invocation<Flags>) => Promise<void>,
): Promise<void> {
  switch (commandLine.kind) {
    case 'help':
      process.stdout.write(usage);
      break;
    case 'wrong':
      process.stderr.write(`${commandLine.problem}\n\n${usage}`);
      process.exitCode = 2;
      break;
    case 'run':
      await run(commandLine);
      break;
  }
}
