import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Entry } from './entries.ts';

/** How our program of client-go is run. */
export interface ClientGoOptions {
  readonly program: string;
  readonly kubeconfig: string;
  /** Leads to the server by a way that can be cut. */
  readonly interruptible: string;
  readonly namespace: string;
  readonly scenario: string;
  /** Does what the program asks for before it goes on. */
  readonly onAsk: (what: string) => Promise<void>;
}

/** After so long the program is killed, in milliseconds. */
const patienceMs = 240_000;

/** Runs a scenario to its end. @returns what it saw @throws Error with what it complained about */
export async function runClientGo(options: ClientGoOptions): Promise<Entry[]> {
  const { program, kubeconfig, interruptible, namespace, scenario, onAsk } = options;
  const child = spawn(
    program,
    [`--kubeconfig=${kubeconfig}`, `--interruptible=${interruptible}`, `--namespace=${namespace}`, scenario],
    { stdio: ['pipe', 'pipe', 'pipe'], timeout: patienceMs, killSignal: 'SIGKILL' },
  );
  const ended = once(child, 'close');
  const complaints = text(child.stderr);
  const entries: Entry[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as Entry | { ask: string };
      if ('ask' in said) {
        await onAsk(said.ask);
        child.stdin.write('done\n');
      } else entries.push(said);
    }
  } finally {
    if (child.exitCode === null) child.stdin.end();
  }
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  if (code !== 0)
    throw new Error(`client-go ${scenario}: ${signal ?? `exit code ${code}`}\n${await complaints}`);
  return entries;
}
