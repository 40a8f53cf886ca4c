import { VirtkitError } from './errors.ts';
import { defaultRoot } from './platform/layout.ts';
import { createProgram } from './program.ts';

// Whoever reads the output may be gone while the platform runs (`up --detach` returns): that is no reason to end it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const program = createProgram({
  root: defaultRoot(process.getuid?.() ?? 1000, process.env),
  path: process.env.PATH ?? '',
  kubeconfig: process.env.KUBECONFIG,
  print: (line) => process.stdout.write(`${line}\n`),
  write: (text) => process.stdout.write(text),
  warn: (text) => process.stderr.write(`warning: ${text}\n`),
  setExitCode: (code) => (process.exitCode = code),
});

try {
  await program.parseAsync();
} catch (error) {
  const { code, message, nextStep } = asVirtkitError(error);
  // A process that was started by `up --detach` tells its parent why it ends.
  process.send?.({ code, message, nextStep });
  process.stderr.write(`error: ${message}\n${nextStep === undefined ? '' : `next:  ${nextStep}\n`}`);
  const cause = error instanceof Error ? error.cause : undefined;
  if (code === 'program-failed' && cause instanceof Error) process.stderr.write(`cause: ${cause.message}\n`);
  process.exitCode = code === 'usage' ? 2 : 1;
}
if (process.connected) process.disconnect?.();

function asVirtkitError(error: unknown): VirtkitError {
  if (error instanceof VirtkitError) return error;
  return new VirtkitError('program-failed', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
