/**
 * For work on differences: `node --conditions=@virtkit/source e2e/differential/main.ts [pattern]` runs the written sequences whose names
 * match, prints what is not listed, and leaves all differences in build/differential.json. `... main.ts serve` starts a kube-apiserver and
 * prints its kubeconfig; `... main.ts document` writes the listed differences into docs/embedded-api-server.md; with DIFFERENTIAL_KUBECONFIG set to that, runs start within a second.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { startKubernetes } from '../kubernetes/control-plane.ts';
import { startBoth } from './both.ts';
import { withListed } from './document.ts';
import { listedDifferences } from './listed-differences.ts';
import { grouped, summary, writeReport } from './report.ts';
import { runAll } from './run-all.ts';
import { writtenSequences } from './sequences/all.ts';

const documentFile = new URL('../../docs/embedded-api-server.md', import.meta.url);
const [argument = ''] = process.argv.slice(2);

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
  await writeFile(documentFile, withListed(await readFile(documentFile, 'utf8'), listedDifferences));
} else {
  await using both = await startBoth({ onProgress: console.log });
  const pattern = new RegExp(argument, 'i');
  const outcome = await runAll(
    both,
    writtenSequences.filter(({ name }) => pattern.test(name)),
    listedDifferences,
  );
  await writeReport(new URL('../../build/differential.json', import.meta.url).pathname, outcome);
  console.log(grouped(outcome.unlisted));
  console.log(summary(outcome));
  if (outcome.unlisted.length > 0) process.exitCode = 1;
}
