import { Option, type Command } from 'commander';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { announceDryRun, describing, dryRunFlag } from './lifecycle.ts';

/** `virtctl start VM` */
export function startCommand(session: Session): Command {
  return createCommand<{ paused?: boolean; dryRun?: boolean }>(
    {
      name: 'start',
      summary: 'Start a virtual machine',
      operands: 'VM',
      count: { exactly: 1 },
      flags: [new Option('--paused', 'start it with its CPUs stopped'), dryRunFlag()],
      examples: ['virtctl start web', 'virtctl start web --paused -n shop'],
      async run({ operands: [name = ''], flags: { paused = false, dryRun }, withClient }) {
        announceDryRun(session, dryRun);
        await withClient((client) =>
          describing(
            (error) => `Error starting VirtualMachine ${error.message}`,
            () => client.virtualMachines.start(name, { paused, dryRun, signal: session.interrupted }),
          ),
        );
        printLine(session, `VM ${name} was scheduled to start`);
      },
    },
    session,
  );
}
