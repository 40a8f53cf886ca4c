/**
 * For work on differences, with `node --conditions=@virtkit/source e2e/differential/main.ts` before each:
 *
 *   [pattern]                  the written sequences whose names match
 *   generated [seed] [count]   generated sequences
 *   rights [seed] [count]      rights made by chance, count times, each with questions about them
 *   serve                      starts a kube-apiserver and prints its kubeconfig; with DIFFERENTIAL_KUBECONFIG set to that,
 *                              runs start within a second
 *   document                   writes the listed differences into docs/embedded-api-server.md
 *
 * A run prints what is not listed, and leaves all differences in build/differential.json.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { startKubernetes } from '../kubernetes/control-plane.ts';
import { generatedAccess, questionsOfWorld } from './access/generated.ts';
import { people } from './access/people.ts';
import { accessTopics } from './access/topics.ts';
import { startBoth } from './both.ts';
import { withListed } from './document.ts';
import { allListedDifferences, listedSections } from './listed-all.ts';
import { keeper } from './policies/policy.ts';
import { startRemotes } from './remote/start.ts';
import { grouped, summary, writeReport } from './report.ts';
import { runAll } from './run-all.ts';
import type { Sequence } from './sequence.ts';
import { writtenSequences } from './sequences/all.ts';
import { generatedSequences } from './sequences/generated/generated.ts';
import { defineGadgets } from './sequences/generated/custom.ts';

const documentFile = new URL('../../docs/embedded-api-server.md', import.meta.url);
const [argument = '', ...numbers] = process.argv.slice(2);

if (argument === 'serve') {
  await using kubernetes = await startKubernetes({ onProgress: console.log });
  console.log(`DIFFERENTIAL_KUBECONFIG=${kubernetes.kubeconfig}`);
  // Signal handlers alone do not keep a process alive.
  const alive = setInterval(() => undefined, 3_600_000);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve());
  });
  clearInterval(alive);
} else if (argument === 'document') {
  await writeFile(documentFile, withListed(await readFile(documentFile, 'utf8'), listedSections));
} else {
  await using both = await startBoth({ onProgress: console.log, users: people });
  await using remotes = await startRemotes(both);
  if (argument === 'generated') await Promise.all([both.kubernetes, both.ours].map(defineGadgets));
  for (const target of [both.kubernetes, both.ours]) await target.call(keeper);
  const outcome = await runAll(both, chosen(), allListedDifferences, remotes);
  await writeReport(new URL('../../build/differential.json', import.meta.url).pathname, outcome);
  console.log(grouped(outcome.unlisted));
  console.log(summary(outcome));
  if (outcome.unlisted.length > 0) process.exitCode = 1;
}

/** What the arguments ask for. */
function chosen(): readonly Sequence[] {
  if (argument === 'rights') {
    const [seed = Math.floor(Math.random() * 2 ** 31), count = 12] = numbers.map(Number);
    console.log(`${count * questionsOfWorld} questions about rights of seed ${seed}`);
    return generatedAccess(seed, count);
  }
  if (argument !== 'generated') {
    const pattern = new RegExp(argument, 'i');
    const written = [...writtenSequences, ...Object.values(accessTopics).flat()];
    return written.filter(({ name }) => pattern.test(name));
  }
  const [seed = Math.floor(Math.random() * 2 ** 31), count = 2000] = numbers.map(Number);
  console.log(`${count} sequences of seed ${seed}`);
  return generatedSequences(seed, count);
}
