import type { Command } from 'commander';
import { indentedJson } from '../output/json.ts';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

/** `virtctl userlist VMI` */
export function userListCommand(session: Session): Command {
  return createCommand(
    {
      name: 'userlist',
      summary: 'List the users who are logged in to the guest',
      operands: 'VMI',
      count: { exactly: 1 },
      async run({ operands: [name = ''], withClient }) {
        const answer = await withClient((client) =>
          describing(
            (error) => `Error listing users of VirtualMachineInstance ${name}: ${error.message}`,
            () => client.virtualMachineInstances.userList(name, { signal: session.interrupted }),
          ),
        );
        printLine(session, indentedJson(answer));
      },
    },
    session,
  );
}
