import type { Command } from 'commander';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { checkStopFlags, stopFlags, type StopFlags } from './grace-period.ts';
import { announceDryRun, describing } from './lifecycle.ts';

/** A command that ends the present run of a machine: `stop` leaves it at that, `restart` begins another. */
export function stoppingCommand(
  verb: 'stop' | 'restart',
  { summary, doing }: { summary: string; doing: string },
  session: Session,
): Command {
  return createCommand<StopFlags>(
    {
      name: verb,
      summary,
      operands: 'VM',
      count: { exactly: 1 },
      flags: stopFlags(),
      examples: [`virtctl ${verb} web`, `virtctl ${verb} web --force --grace-period=0`],
      async run({ operands: [name = ''], flags, withClient }) {
        checkStopFlags(flags);
        announceDryRun(session, flags.dryRun);
        const { gracePeriod, dryRun, force } = flags;
        await withClient((client) =>
          describing(
            (error) => `error ${force === true ? 'force ' : ''}${doing} VirtualMachine: ${error.message}`,
            () =>
              client.virtualMachines[verb](name, {
                gracePeriodSeconds: gracePeriod,
                dryRun,
                signal: session.interrupted,
              }),
          ),
        );
        printLine(session, `VM ${name} was scheduled to ${verb}`);
      },
    },
    session,
  );
}
