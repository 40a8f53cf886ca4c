import { parseArgs } from 'node:util';
import { z } from 'zod';
import { exitCodeOf } from './exit-codes.ts';
import { parseFlags } from './flags.ts';
import { createLog, errorDetails } from './log.ts';
import { probeMachine } from './probe.ts';
import { runLauncher } from './run-launcher.ts';

// A launcher reads each kind of document a few times: fewer than it takes for a compiled parser to pay.
z.config({ jitless: true });

const unknown = { namespace: '', name: '', uid: '' };

/** Standard error is synchronous on Linux for files and pipes, so the last line before the end is not lost. */
function write(line: string): void {
  process.stderr.write(line);
}

/**
 * The program from its command line to its exit code, the same whether it began with `main.ts` or with a snapshot.
 * @param argv Without program and script.
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  // Whoever reads the log may be gone while the machine runs; that is no reason to end it.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const termination = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => termination.abort());
  let log = createLog(write, unknown);
  try {
    if (argv[0] === 'probe') {
      const { values } = parseArgs({
        args: argv.slice(1),
        options: { 'capability-cache': { type: 'string' } },
      });
      process.stdout.write(`${JSON.stringify(await probeMachine(values['capability-cache']))}\n`);
      return 0;
    }
    if (argv[0] === 'check') return 0;
    const flags = parseFlags(argv);
    log = createLog(write, flags);
    return await runLauncher({ flags, log, termination: termination.signal });
  } catch (error) {
    log('error', 'the launcher ends', errorDetails(error));
    return exitCodeOf(error);
  }
}
