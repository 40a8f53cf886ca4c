import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { parse } from 'yaml';
import { messageOf, VirtctlError } from '../errors.ts';
import { formatted, outputFlag, type OutputFormat } from '../output/formatted.ts';
import { namespacePath, subresourcePath } from '../requests/subresource.ts';
import type { Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

interface ExpandFlags {
  readonly vm?: string;
  readonly file?: string;
  readonly output: OutputFormat;
}

/** `virtctl expand --vm NAME` or `virtctl expand --file FILE` */
export function expandCommand(session: Session): Command {
  return createCommand<ExpandFlags>(
    {
      name: 'expand',
      summary: 'Print a machine with its instance type and preference written out',
      operands: '',
      count: { exactly: 0 },
      flags: [
        new Option('--vm <name>', 'a machine of the cluster').conflicts('file'),
        new Option('-f, --file <file>', 'a manifest; - is standard input'),
        outputFlag('yaml'),
      ],
      async run({ flags: { vm, file, output }, withClient }) {
        if (vm === undefined && file === undefined)
          throw new VirtctlError(
            'usage',
            'error invalid arguments - VirtualMachine name or file must be provided',
          );
        const body = file === undefined ? undefined : await readManifest(file, session);
        const machine = await withClient((client) =>
          describing(
            (error) => `error expanding VirtualMachine - ${vm ?? file ?? ''}: ${error.message}`,
            async () => {
              const { interrupted: signal } = session;
              const answer = await client.request(
                vm === undefined
                  ? { method: 'PUT', path: `${namespacePath(client)}/expand-vm-spec`, body, signal }
                  : { method: 'GET', path: subresourcePath(client, 'vm', vm, 'expand-spec'), signal },
              );
              return answer.json();
            },
          ),
        );
        session.output.write(formatted(machine, output));
      },
    },
    session,
  );
}

async function readManifest(file: string, { input }: Session): Promise<unknown> {
  try {
    return parse(file === '-' ? await text(input) : await readFile(file, 'utf8'));
  } catch (cause) {
    throw new VirtctlError('local-resource', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}
