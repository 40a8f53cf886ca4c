import { parseArgs } from 'node:util';
import { BenchError } from './src/errors.ts';
import { furtherMeasurements, measurements } from './src/measurements/index.ts';
import { programsKind } from './src/platform/checkout.ts';
import { documentOf } from './src/report/document.ts';
import { describeMachine } from './src/report/machine.ts';
import { reportText } from './src/report/report-text.ts';
import { runAll } from './src/run-all.ts';

const usage = `usage: npm run bench -- [options]

  --only NAMES   some of ${measurements.map(({ name }) => name).join(',')} (comma separated), or of what is not measured
                 without being named: ${furtherMeasurements.map(({ name }) => name).join(',')}
  --quick        fewer repetitions
  --sources      run the platform's programs from sources though they are built
  --json         print one JSON document
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      sources: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => stop.abort(new BenchError('timeout', `ended by ${signal}`)));
  const date = new Date().toISOString();
  const machine = await describeMachine();
  const programs = values.sources ? 'sources' : await programsKind();
  const findings = await runAll(chosen(values.only), {
    quick: values.quick,
    programs,
    progress: (message) => process.stderr.write(`bench: ${message}\n`),
    signal: stop.signal,
  });
  const about = { date, quick: values.quick, programs, machine };
  const document = documentOf(about, findings);
  process.stdout.write(`${values.json ? JSON.stringify(document, undefined, 2) : reportText(document)}\n`);
  if (findings.some(({ outcome }) => outcome.kind === 'failed')) process.exitCode = 1;
}

/** @throws BenchError `usage` naming what is not known */
function chosen(only: string | undefined): typeof measurements {
  if (only === undefined) return measurements;
  const names = only.split(',').map((name) => name.trim());
  const all = [...measurements, ...furtherMeasurements];
  const unknown = names.filter((wanted) => !all.some(({ name }) => name === wanted));
  if (unknown.length > 0) throw new BenchError('usage', `no measurement ${unknown.join(', ')}\n\n${usage}`);
  return all.filter(({ name }) => names.includes(name));
}

try {
  await main();
} catch (error) {
  const wrongUse = error instanceof BenchError || error instanceof TypeError;
  process.stderr.write(`bench: ${wrongUse ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = 2;
}
