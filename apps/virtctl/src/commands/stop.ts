import type { Command } from 'commander';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { checkStopFlags, stopFlags, type StopFlags } from './grace-period.ts';
import { announceDryRun, describing } from './lifecycle.ts';

/** `virtctl stop VM` */
export function stopCommand(session: Session): Command {
  return createCommand<StopFlags>(
    {
      name: 'stop',
      summary: 'Stop a virtual machine',
      operands: 'VM',
      count: { exactly: 1 },
      flags: stopFlags(),
      examples: ['virtctl stop web', 'virtctl stop web --force --grace-period=0'],
      async run({ operands: [name = ''], flags, withClient }) {
        checkStopFlags(flags);
        announceDryRun(session, flags.dryRun);
        const { gracePeriod, dryRun, force } = flags;
        await withClient((client) =>
          describing(
            (error) => `error ${force === true ? 'force ' : ''}stopping VirtualMachine: ${error.message}`,
            () =>
              client.virtualMachines.stop(name, {
                gracePeriodSeconds: gracePeriod,
                dryRun,
                signal: session.interrupted,
              }),
          ),
        );
        printLine(session, `VM ${name} was scheduled to stop`);
      },
    },
    session,
  );
}
