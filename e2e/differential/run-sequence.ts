import { setTimeout as sleep } from 'node:timers/promises';
import { fill } from './references.ts';
import type { RemoteServer } from './remote/server.ts';
import type { Answer, Entry, RequestStep, Sequence, Transcript, WatchLine } from './sequence.ts';
import { OpenWatch, type Target } from './target.ts';

const untilMs = 60_000;

/** How often a namespace is asked for at most, on a machine with too much to do. */
const attempts = 4;

/**
 * Sends a sequence to a server.
 * @param remote what the server may call; `{{remote.url}}`, `{{remote.port}}` and `{{remote.caBundle}}` tell where it is
 */
export async function runSequence(
  target: Target,
  sequence: Sequence,
  namespace: string,
  remote?: RemoteServer,
): Promise<Transcript> {
  const known = new Map<string, unknown>([
    ['ns', namespace],
    ['remote', remote?.place],
  ]);
  const watches = new Map<string, OpenWatch>();
  const transcript: Entry[] = [];
  await prepareNamespace(target, sequence, namespace);
  try {
    for (const step of sequence.steps) {
      if ('watch' in step) {
        const { path, accept } = fill({ path: step.path, accept: step.accept }, known);
        const opened = await target.watch(path, accept);
        if (opened instanceof OpenWatch) watches.set(step.watch, opened);
        transcript.push(opened instanceof OpenWatch ? opened.answer : opened);
      } else if ('collect' in step) {
        const { through } = fill({ through: step.through }, known);
        const watch = watches.get(step.collect);
        transcript.push({ events: watch === undefined ? [] : await watch.read(lastOf(through)) });
      } else if ('received' in step) {
        transcript.push({ received: remote?.take(namespace) ?? [] });
      } else {
        const answer = await send(target, step, known);
        if (step.as !== undefined) known.set(step.as, answer.body);
        transcript.push(
          step.setUp === true ? { status: answer.status, headers: {}, body: undefined } : answer,
        );
      }
    }
    return transcript;
  } finally {
    for (const watch of watches.values()) watch.close();
  }
}

async function send(
  target: Target,
  { as: _, setUp: __, until = () => true, ...step }: RequestStep,
  known: ReadonlyMap<string, unknown>,
): Promise<Answer> {
  const filled = fill(step, known);
  const deadline = Date.now() + untilMs;
  for (;;) {
    const answer = await target.call(filled);
    if ((until(answer) && !isChanging(answer)) || Date.now() > deadline) return answer;
    await sleep(20);
  }
}

/** kube-apiserver says so for a moment when the definition of a custom resource has changed. */
function isChanging({ status, body }: Answer): boolean {
  return status === 503 && (body as { message?: string }).message === 'apiserver is shutting down';
}

type Through = Extract<Sequence['steps'][number], { collect: string }>['through'];

function lastOf(through: Through): (events: readonly WatchLine[]) => boolean {
  if (through === 'end') return () => false;
  if (typeof through === 'number') return (events) => events.length >= through;
  return (events) => {
    const last = events.at(-1)?.object as { metadata?: { name?: string } } | undefined;
    return last?.metadata?.name === through.name;
  };
}

async function prepareNamespace(
  target: Target,
  { pods = false }: Sequence,
  namespace: string,
): Promise<void> {
  const expect201 = async (path: string, name: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const { status, body } = await target.call({ method: 'POST', path, body: { metadata: { name } } });
      // Who gave up for want of time may have made it all the same.
      if (status === 201 || (status === 409 && attempt > 1)) return;
      if (status !== 504 || attempt === attempts)
        throw new Error(`${target.name}: POST ${path} of ${name}: ${JSON.stringify(body)}`);
    }
  };
  await expect201('/api/v1/namespaces', namespace);
  if (pods) await expect201(`/api/v1/namespaces/${namespace}/serviceaccounts`, 'default');
}
