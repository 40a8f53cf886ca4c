import { parseArgs } from 'node:util';
import { exitCodeOf } from './exit-codes.ts';
import { parseFlags } from './flags.ts';
import { createLog, errorDetails } from './log.ts';
import { probeMachine } from './probe.ts';
import { runLauncher } from './run-launcher.ts';

const unknown = { namespace: '', name: '', uid: '' };

// Whoever reads the log may be gone while the machine runs; that is no reason to end it.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Standard error is synchronous on Linux for files and pipes, so the last line before the end is not lost. */
function write(line: string): void {
  process.stderr.write(line);
}

async function main(): Promise<number> {
  const termination = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => termination.abort());
  let log = createLog(write, unknown);
  try {
    if (process.argv[2] === 'probe') {
      const { values } = parseArgs({
        args: process.argv.slice(3),
        options: { 'capability-cache': { type: 'string' } },
      });
      process.stdout.write(`${JSON.stringify(await probeMachine(values['capability-cache']))}\n`);
      return 0;
    }
    const flags = parseFlags(process.argv.slice(2));
    log = createLog(write, flags);
    return await runLauncher({ flags, log, termination: termination.signal });
  } catch (error) {
    log('error', 'the launcher ends', errorDetails(error));
    return exitCodeOf(error);
  }
}

process.exit(await main());
