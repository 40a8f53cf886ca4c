import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Entry } from './entries.ts';
import { interruptible } from './interruptible.ts';
import { makeNamespace } from './preparation.ts';
import type { Server } from './servers.ts';

/** What our program of client-go is to do, and how it has the server forget. */
interface Scenario {
  readonly program: string;
  readonly scenario: string;
  readonly forget: () => Promise<void>;
}

/** What our program of client-go sees at a server, in a namespace that is made for it. */
export async function clientGoAt(
  server: Server,
  namespace: string,
  { program, scenario, forget }: Scenario,
): Promise<Entry[]> {
  await makeNamespace(server, namespace);
  await using way = await interruptible(server);
  const work: Record<string, () => void | Promise<void>> = {
    cut: () => way.cut(),
    mend: () => way.mend(),
    forget,
  };
  // Awaited here, because the way ends with this function.
  return await runClientGo({
    program,
    kubeconfig: server.kubeconfig,
    interruptible: way.kubeconfig,
    namespace,
    scenario,
    onAsk: async (what) => work[what]!(),
  });
}

/** How our program of client-go is run. */
interface ClientGoOptions {
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
async function runClientGo(options: ClientGoOptions): Promise<Entry[]> {
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
