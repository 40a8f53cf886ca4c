import type { Both } from './both.ts';
import { compare, type Difference } from './compare.ts';
import { gaveUp } from './gave-up.ts';
import { explain, type ListedDifference } from './listed.ts';
import { normalise } from './normalise.ts';
import type { RemoteServer } from './remote/server.ts';
import { runSequence } from './run-sequence.ts';
import type { Sequence } from './sequence.ts';

/** How many sequences are under way at the same time, each in a namespace of its own. */
const concurrency = 8;

/** How often a sequence is sent at most, when kube-apiserver gives up. */
const attempts = 4;

let namespaces = 0;

/** What a run has found. */
export interface Outcome {
  readonly sequences: number;
  readonly requests: number;
  readonly seconds: number;
  readonly differences: readonly Difference[];
  readonly unlisted: readonly Difference[];
  /** How often each listed difference occurred. */
  readonly occurrences: ReadonlyMap<string, number>;
}

/** What each of the two servers may call. */
export interface Remotes {
  readonly kubernetes: RemoteServer;
  readonly ours: RemoteServer;
}

/** Sends sequences to both servers and compares the answers. */
export async function runAll(
  both: Both,
  sequences: Iterable<Sequence>,
  listed: readonly ListedDifference[],
  remotes?: Remotes,
): Promise<Outcome> {
  const started = performance.now();
  const before = both.kubernetes.requests + both.ours.requests;
  const differences: Difference[] = [];
  const queue = sequences[Symbol.iterator]();
  let count = 0;
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      count += 1;
      differences.push(...(await differencesOf(both, next.value, remotes)));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const occurrences = new Map(listed.map(({ id }) => [id, 0]));
  const unlisted = differences.filter((difference) => {
    const reason = explain(difference, listed);
    if (reason !== undefined) occurrences.set(reason.id, occurrences.get(reason.id)! + 1);
    return reason === undefined;
  });
  const requests = both.kubernetes.requests + both.ours.requests - before;
  const seconds = (performance.now() - started) / 1000;
  return { sequences: count, requests, seconds, differences, unlisted, occurrences };
}

/** Sends one sequence to both servers, in another namespace again if kube-apiserver gave up on a part of it; what is found is of the last time. */
async function differencesOf(both: Both, sequence: Sequence, remotes?: Remotes): Promise<Difference[]> {
  for (let attempt = 1; ; attempt += 1) {
    namespaces += 1;
    const namespace = `d${process.pid.toString(36)}-${namespaces}`;
    const [kubernetes, ours] = await Promise.all([
      runSequence(both.kubernetes, sequence, namespace, remotes?.kubernetes),
      runSequence(both.ours, sequence, namespace, remotes?.ours),
    ]);
    if (attempt < attempts && gaveUp(kubernetes, ours)) {
      console.log(`once more, because kube-apiserver took too long: ${sequence.name}`);
      continue;
    }
    return compare(
      sequence,
      normalise(kubernetes, namespace, remotes?.kubernetes.place),
      normalise(ours, namespace, remotes?.ours.place),
    );
  }
}
