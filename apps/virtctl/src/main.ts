#!/usr/bin/env node
import { homedir } from 'node:os';
import { systemCodeOf } from './errors.ts';
import { Interruption } from './interruption.ts';
import { run } from './program.ts';
import type { Session } from './session.ts';

const { env, stdin, stdout, stderr } = process;
const interrupted = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for a tidy end.
    if (interrupted.signal.aborted) process.exit(new Interruption(signal).exitCode);
    interrupted.abort(new Interruption(signal));
  });
}
for (const stream of [stdout, stderr]) {
  stream.on('error', (error) => {
    if (systemCodeOf(error) !== 'EPIPE') throw error;
    interrupted.abort(new Interruption('SIGPIPE'));
  });
}

const programFile = process.argv[1] ?? 'virtctl';
const session: Session = {
  input: stdin,
  output: stdout,
  diagnostics: stderr,
  environment: {
    kubeconfig: env['KUBECONFIG'],
    home: env['HOME'] ?? homedir(),
    user: env['USER'] ?? env['USERNAME'] ?? env['LOGNAME'],
    path: env['PATH'],
    inPod: env['KUBERNETES_SERVICE_HOST'] !== undefined,
  },
  interrupted: interrupted.signal,
  self: [process.execPath, ...process.execArgv, programFile],
};

const exitCode = await run(process.argv.slice(2), programFile, session);
// Standard input may still be open, and would keep the process alive; what was written must get out first.
await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
process.exit(exitCode);
