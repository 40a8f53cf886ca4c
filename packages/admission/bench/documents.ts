import { admit } from '../src/index.ts';
import { clusters, kinds, requestOf } from '../test/documents/requests.ts';

/** Kinds whose documents are measured, with how many of a hundred they are. */
const shares: Readonly<Record<string, number>> = {
  virtualmachines: 45,
  virtualmachineinstances: 45,
  virtualmachinepools: 5,
  virtualmachineinstancereplicasets: 5,
};

/**
 * Milliseconds that mutation and validation of each of `count` documents take, made from the schemas, one after the other. The
 * first ones warm up and do not count.
 */
export async function measureDocuments(count: number): Promise<number[]> {
  const plurals = Object.entries(shares).flatMap(([plural, share]) =>
    Array.from({ length: share }, () => plural),
  );
  const times: number[] = [];
  const warmUp = Math.ceil(count / 10);
  for (let seed = 0; seed < count + warmUp; seed += 1) {
    const request = requestOf(kinds.get(plurals[seed % plurals.length]!)!, seed);
    const context = clusters[seed % clusters.length]!;
    const start = performance.now();
    await admit(request, context);
    if (seed >= warmUp) times.push(performance.now() - start);
  }
  return times;
}
