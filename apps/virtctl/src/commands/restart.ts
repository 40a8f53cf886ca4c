import type { Command } from 'commander';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { checkStopFlags, stopFlags, type StopFlags } from './grace-period.ts';
import { announceDryRun, describing } from './lifecycle.ts';

/** `virtctl restart VM` */
export function restartCommand(session: Session): Command {
  return createCommand<StopFlags>(
    {
      name: 'restart',
      summary: 'Restart a virtual machine',
      operands: 'VM',
      count: { exactly: 1 },
      flags: stopFlags(),
      examples: ['virtctl restart web', 'virtctl restart web --force --grace-period=0'],
      async run({ operands: [name = ''], flags, withClient }) {
        checkStopFlags(flags);
        announceDryRun(session, flags.dryRun);
        const { gracePeriod, dryRun, force } = flags;
        await withClient((client) =>
          describing(
            (error) => `error ${force === true ? 'force ' : ''}restarting VirtualMachine: ${error.message}`,
            () =>
              client.virtualMachines.restart(name, {
                gracePeriodSeconds: gracePeriod,
                dryRun,
                signal: session.interrupted,
              }),
          ),
        );
        printLine(session, `VM ${name} was scheduled to restart`);
      },
    },
    session,
  );
}
