import type { Command } from 'commander';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

/** `virtctl reset VMI` */
export function resetCommand(session: Session): Command {
  return createCommand(
    {
      name: 'reset',
      summary: 'Press the reset button of a machine; its guest is not asked',
      operands: 'VMI',
      count: { exactly: 1 },
      async run({ operands: [name = ''], withClient }) {
        await withClient((client) =>
          describing(
            (error) => `Error reseting VirtualMachineInstance ${name}: ${error.message}`,
            () => client.virtualMachineInstances.reset(name, { signal: session.interrupted }),
          ),
        );
        printLine(session, `VMI ${name} was scheduled to reset`);
      },
    },
    session,
  );
}
