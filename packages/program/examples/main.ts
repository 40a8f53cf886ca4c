import {
  connectionHelp,
  connectionOptions,
  jsonLogger,
  levelOfVerbosity,
  readCommandLine,
  startProgram,
  stopSignal,
  TextSchema,
  type PodEnvironment,
} from '@virtkit/program';
import { connect, isApiError, observe } from '@virtkit/sdk';
import { z } from 'zod';

const usage = `usage: observer --machine NAME [options]

${connectionHelp}
`;
const options = { machine: { type: 'string' } } as const;
const schema = z.object({ machine: TextSchema });

/** A program that logs what becomes of one virtual machine, until that is gone or the program is asked to end. */
export async function main(
  args: string[],
  environment: PodEnvironment,
  write: (line: string) => void,
): Promise<void> {
  const commandLine = readCommandLine(args, { options, schema });
  await startProgram(usage, commandLine, async ({ connection, flags: { machine: name, v, supervised } }) => {
    const signal = stopSignal({ supervised });
    const logger = jsonLogger('observer', write, { level: levelOfVerbosity(v) });
    await using client = await connect(await connectionOptions(connection, 'observer/0.1.0', environment));
    try {
      for await (const machine of observe(client.virtualMachines, name, { signal })) {
        if (machine === undefined) return;
        logger.info('seen', { name, runStrategy: machine.spec.runStrategy });
      }
    } catch (error) {
      if (!isApiError(error, 'aborted')) throw error;
    }
  });
}
