import type { Command } from 'commander';
import { indentedJson } from '../output/json.ts';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

/** `virtctl guestosinfo VMI` */
export function guestOsInfoCommand(session: Session): Command {
  return createCommand(
    {
      name: 'guestosinfo',
      summary: 'Show what the guest agent tells about the guest',
      operands: 'VMI',
      count: { exactly: 1 },
      async run({ operands: [name = ''], withClient }) {
        const answer = await withClient((client) =>
          describing(
            (error) => `Error getting guestosinfo of VirtualMachineInstance ${name}: ${error.message}`,
            () => client.virtualMachineInstances.guestOsInfo(name, { signal: session.interrupted }),
          ),
        );
        printLine(session, indentedJson(answer));
      },
    },
    session,
  );
}
