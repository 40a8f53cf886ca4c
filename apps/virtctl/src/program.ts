import { basename } from 'node:path';
import { Command, CommanderError } from 'commander';
import { fromGoSyntax } from './arguments/pflag-syntax.ts';
import { consoleCommand } from './commands/console.ts';
import { createManifestCommand } from './commands/create.ts';
import { credentialsCommand } from './commands/credentials.ts';
import { administrationCommand } from './commands/log-verbosity.ts';
import { expandCommand } from './commands/expand.ts';
import { exposeCommand } from './commands/expose.ts';
import { fileSystemListCommand } from './commands/fslist.ts';
import { guestOsInfoCommand } from './commands/guestosinfo.ts';
import { memoryDumpCommand } from './commands/memory-dump.ts';
import { evacuateCancelCommand, migrateCancelCommand, migrateCommand } from './commands/migrate.ts';
import { notAvailableCommands } from './commands/not-available.ts';
import { objectGraphCommand } from './commands/objectgraph.ts';
import { optionsCommand } from './commands/options.ts';
import { pauseCommand } from './commands/pause.ts';
import { permittedDevicesCommand } from './commands/permitted-devices.ts';
import { portForwardCommand } from './commands/port-forward.ts';
import { resetCommand } from './commands/reset.ts';
import { restartCommand } from './commands/restart.ts';
import { scpCommand } from './commands/scp.ts';
import { softRebootCommand } from './commands/soft-reboot.ts';
import { sshCommand } from './commands/ssh.ts';
import { startCommand } from './commands/start.ts';
import { stopCommand } from './commands/stop.ts';
import { unpauseCommand } from './commands/unpause.ts';
import { usbRedirCommand } from './commands/usbredir.ts';
import { userListCommand } from './commands/userlist.ts';
import { versionCommand } from './commands/version.ts';
import { vncCommand } from './commands/vnc.ts';
import { addVolumeCommand, removeVolumeCommand } from './commands/volumes.ts';
import { addGlobalFlags, globalFlagsOf } from './connection/global-flags.ts';
import { Interruption } from './interruption.ts';
import { failureText } from './output/failure.ts';
import type { Session } from './session.ts';

/** The commands that do something, in the order of the help. */
const commands: readonly ((session: Session) => Command)[] = [
  startCommand,
  stopCommand,
  restartCommand,
  pauseCommand,
  unpauseCommand,
  softRebootCommand,
  resetCommand,
  consoleCommand,
  vncCommand,
  usbRedirCommand,
  portForwardCommand,
  sshCommand,
  scpCommand,
  guestOsInfoCommand,
  userListCommand,
  fileSystemListCommand,
  addVolumeCommand,
  removeVolumeCommand,
  memoryDumpCommand,
  migrateCommand,
  migrateCancelCommand,
  evacuateCancelCommand,
  createManifestCommand,
  credentialsCommand,
  expandCommand,
  exposeCommand,
  objectGraphCommand,
  permittedDevicesCommand,
  administrationCommand,
  versionCommand,
];

/**
 * Runs virtctl with the arguments `argv` (without interpreter and program).
 *
 * @param programFile how it was called; as `kubectl-virt` it is a plug-in of kubectl
 * @returns the exit code: 0; 1 for every error; 128 and the number of the signal that cut it off
 */
export async function run(argv: readonly string[], programFile: string, session: Session): Promise<number> {
  const program = createProgram(programFile, session);
  if (argv.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(fromGoSyntax(program, argv), { from: 'user' });
    return exitCodeOfEnd(session);
  } catch (error) {
    const { reason } = session.interrupted as { reason: unknown };
    if (reason instanceof Interruption) return reason.exitCode;
    // Help that was asked for.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    session.diagnostics.write(failureText(error, globalFlagsOf(program).v));
    return 1;
  }
}

/** A command that runs until it is interrupted ended well; one whose reader is gone did not. */
function exitCodeOfEnd({ interrupted }: Session): number {
  const { reason } = interrupted as { reason: unknown };
  return reason instanceof Interruption && reason.signal === 'SIGPIPE' ? reason.exitCode : 0;
}

function createProgram(programFile: string, session: Session): Command {
  const program = new Command(nameOf(programFile))
    .description('Controls virtual machines on Kubernetes: Virtkit and KubeVirt.')
    .usage('COMMAND [flags]')
    .configureHelp({ subcommandTerm: (command) => command.name() });
  addGlobalFlags(program);
  for (const create of commands) program.addCommand(create(session));
  for (const command of notAvailableCommands()) program.addCommand(command);
  program.addCommand(optionsCommand(session, program), { hidden: true });
  for (const command of allOf(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void session.output.write(text),
      // What is wrong is written once, with the next step, where the error is caught.
      writeErr: () => undefined,
    });
  }
  return program;
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

function nameOf(programFile: string): string {
  const file = basename(programFile).replace(/\.[cm]?[jt]s$/, '');
  const plugin = /^(.+)-virt$/.exec(file)?.[1];
  return plugin === undefined ? 'virtctl' : `${plugin} virt`;
}
