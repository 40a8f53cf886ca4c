import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../../src/program.ts';
import type { Session } from '../../src/session.ts';

/** Runs virtctl inside this process, for what needs no process of its own; without environment or input. */
export async function runInProcess(
  args: readonly string[],
  environment: Partial<Session['environment']> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [output, diagnostics] = [new PassThrough(), new PassThrough()];
  const session: Session = {
    input: new PassThrough().end(),
    output,
    diagnostics,
    environment: {
      kubeconfig: undefined,
      home: '/nonexistent',
      user: undefined,
      path: undefined,
      inPod: false,
      ...environment,
    },
    interrupted: new AbortController().signal,
    self: ['virtctl'],
  };
  const texts = Promise.all([text(output), text(diagnostics)]);
  const code = await run(args, 'virtctl', session);
  output.end();
  diagnostics.end();
  const [stdout, stderr] = await texts;
  return { code, stdout, stderr };
}
