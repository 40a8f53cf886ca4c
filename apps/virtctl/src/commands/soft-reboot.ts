import type { Command } from 'commander';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

/** `virtctl soft-reboot VMI` */
export function softRebootCommand(session: Session): Command {
  return createCommand(
    {
      name: 'soft-reboot',
      summary: 'Ask the guest to reboot',
      operands: 'VMI',
      count: { exactly: 1 },
      async run({ operands: [name = ''], withClient }) {
        await withClient((client) =>
          describing(
            (error) => `Error soft rebooting VirtualMachineInstance ${name}: ${error.message}`,
            () => client.virtualMachineInstances.softReboot(name, { signal: session.interrupted }),
          ),
        );
        printLine(session, `VMI ${name} was scheduled to soft-reboot`);
      },
    },
    session,
  );
}
