import type { Command } from 'commander';
import { indentedJson } from '../output/json.ts';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

/** `virtctl fslist VMI` */
export function fileSystemListCommand(session: Session): Command {
  return createCommand(
    {
      name: 'fslist',
      summary: 'List the file systems of the guest',
      operands: 'VMI',
      count: { exactly: 1 },
      async run({ operands: [name = ''], withClient }) {
        const answer = await withClient((client) =>
          describing(
            (error) => `Error listing filesystems of VirtualMachineInstance ${name}: ${error.message}`,
            () => client.virtualMachineInstances.filesystemList(name, { signal: session.interrupted }),
          ),
        );
        printLine(session, indentedJson(answer));
      },
    },
    session,
  );
}
