import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureDocuments } from '../../../packages/admission/bench/documents.ts';
import { BenchError } from '../errors.ts';
import { checkout, virtkitCommand } from '../platform/checkout.ts';
import { scratchFolder } from '../platform/scratch-folder.ts';
import { median, percentile } from '../report/percentile.ts';
import type { Measurement, MeasurementContext } from './measurement.ts';

/** Manifests that `virtkit validate` is given at once. */
const manifests = 1_000;

/** How long admission looks at documents, and how long a person waits for `virtkit validate`. */
export const admission: Measurement = {
  name: 'admission',
  async run(context) {
    const { quick, progress } = context;
    progress('documents made from the schemas, one after the other');
    const times = await measureDocuments(quick ? 2_000 : 20_000);
    progress(`virtkit validate of ${manifests} manifests`);
    const runs: number[] = [];
    for (let run = 0; run < (quick ? 1 : 3); run += 1) runs.push(await validateOnce(context));
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    return {
      rows: [
        {
          what: 'defaults and validation of a document, P99',
          value: p99,
          unit: 'ms',
          goal: { kind: 'at-most', value: 5 },
          reason: `P50 ${p50.toFixed(2)} ms`,
        },
        {
          what: `virtkit validate of ${manifests} manifests`,
          value: median(runs),
          unit: 'ms',
          goal: { kind: 'at-most', value: 5_000 },
        },
      ],
      details: { documents: times.length, p50, p99, slowest: Math.max(...times), validateMs: runs },
    };
  },
};

/** Milliseconds from the start of the program to its end. */
async function validateOnce({ programs, signal }: MeasurementContext): Promise<number> {
  await using folder = await scratchFolder();
  const one = await readFile(join(checkout, 'examples/demo/virtual-machine.yaml'), 'utf8');
  const file = join(folder.path, 'many.yaml');
  const documents = Array.from({ length: manifests }, (_, index) =>
    one.replace('name: demo', `name: demo-${index}`),
  );
  await writeFile(file, documents.join('\n---\n'));
  const [program, ...args] = virtkitCommand(programs);
  const start = performance.now();
  const child = spawn(program, [...args, 'validate', '-f', file], { stdio: 'ignore', signal });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new BenchError('platform-failed', `virtkit validate ended with ${String(code)}`);
  return performance.now() - start;
}
