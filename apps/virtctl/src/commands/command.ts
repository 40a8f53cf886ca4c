import { Command, type Option, type OptionValues } from 'commander';
import type { Client } from '@virtkit/sdk';
import { connectSession } from '../connection/connect.ts';
import { globalFlagsOf, refuseUnavailableFlags, type GlobalFlags } from '../connection/global-flags.ts';
import { versionRemark } from '../connection/server-version.ts';
import { VirtctlError } from '../errors.ts';
import { apiErrorOf } from '../output/failure.ts';
import { note, type Session } from '../session.ts';

/** One run of a command. */
interface Invocation<Flags> {
  readonly operands: readonly string[];
  readonly flags: Flags;
  readonly globals: GlobalFlags;
  readonly session: Session;
  /**
   * Connects, works, and disconnects. The namespace of the client is the one of `-n` or of the context.
   * Where the server refused, its version is compared first, as users of virtctl know it.
   */
  readonly withClient: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
}

/** How a command is called and what it does. */
export interface CommandShape<Flags> {
  readonly name: string;
  readonly summary: string;
  /** The operands as the help shows them, such as `(vm|vmi) NAME`. */
  readonly operands: string;
  readonly count: { readonly exactly: number } | { readonly atLeast: number };
  readonly flags?: readonly Option[];
  /** Further text for the help. */
  readonly examples?: readonly string[];
  run(invocation: Invocation<Flags>): Promise<void>;
}

/** Makes the command that `shape` describes. */
export function createCommand<Flags extends OptionValues>(
  shape: CommandShape<Flags>,
  session: Session,
): Command {
  const command = new Command(shape.name)
    .summary(shape.summary)
    .description(shape.summary)
    .usage(`${shape.operands} [flags]`.trimStart())
    .argument('[operands...]')
    .configureHelp({ visibleArguments: () => [], subcommandTerm: (subcommand) => subcommand.name() });
  for (const option of shape.flags ?? []) command.addOption(option);
  if (shape.examples !== undefined) {
    command.addHelpText('after', `\nExamples:\n${shape.examples.map((line) => `  ${line}`).join('\n')}`);
  }
  return command.action(async (operands: string[]) => {
    checkCount(shape.count, operands.length);
    const globals = globalFlagsOf(command);
    await shape.run({
      operands,
      flags: command.opts<Flags>(),
      globals,
      session,
      withClient: (work) => withClient(session, command, work),
    });
  });
}

async function withClient<T>(
  session: Session,
  command: Command,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  refuseUnavailableFlags(rootOf(command), command);
  await using client = await connectSession(session, globalFlagsOf(command));
  try {
    return await work(client);
  } catch (error) {
    // Only a server that answers has a version to compare.
    if (apiErrorOf(error)?.httpStatus !== undefined) {
      const remark = await versionRemark(client, session.interrupted);
      if (remark !== undefined) note(session, remark);
    }
    throw error;
  }
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

function checkCount(count: CommandShape<unknown>['count'], received: number): void {
  if ('exactly' in count) {
    if (received === count.exactly) return;
    throw new VirtctlError('usage', `accepts ${count.exactly} arg(s), received ${received}`);
  }
  if (received >= count.atLeast) return;
  throw new VirtctlError('usage', `requires at least ${count.atLeast} arg(s), only received ${received}`);
}
