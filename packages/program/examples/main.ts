import { parseArgs } from 'node:util';
import { connectionFlags, connectionHelp, connectionOptions, jsonLogger, stopSignal } from '@virtkit/program';
import { connect, isApiError, observe } from '@virtkit/sdk';

/** A program that logs what becomes of one virtual machine, until that is gone or the program is asked to end. */
export async function main(args: string[], write: (line: string) => void): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: connectionFlags, allowPositionals: true });
  const [name] = positionals;
  if (name === undefined) throw new Error(`name a machine\n${connectionHelp}`);
  const signal = stopSignal({ supervised: false });
  const logger = jsonLogger('observer', write);
  await using client = await connect(await connectionOptions(values, 'observer/0.1.0'));
  try {
    for await (const machine of observe(client.virtualMachines, name, { signal })) {
      if (machine === undefined) return;
      logger.info('seen', { name, runStrategy: machine.spec.runStrategy });
    }
  } catch (error) {
    if (!isApiError(error, 'aborted')) throw error;
  }
}
