import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from '../report/percentile.ts';
import type { Row } from '../report/row.ts';
import type { Measurement } from './measurement.ts';

const run = promisify(execFile);

interface Starts {
  readonly importMs: number;
  readonly starts: readonly number[];
}

/**
 * How long a test waits for a control plane of its own: what it takes to load the package, the first start of a process, and further
 * ones; in memory.
 */
export const apiStart: Measurement = {
  name: 'apiserver-start',
  async run({ quick, programs, progress, signal }) {
    const all: Starts[] = [];
    for (let index = 0; index < (quick ? 7 : 25); index += 1) {
      progress(`process ${index + 1}`);
      const conditions = programs === 'sources' ? ['--conditions=@virtkit/source'] : [];
      const script = join(import.meta.dirname, 'api-server', 'start-process.ts');
      const { stdout } = await run(process.execPath, [...conditions, script], { signal });
      all.push(JSON.parse(stdout) as Starts);
    }
    const row = (what: string, times: readonly number[], goal?: number): Row => ({
      what,
      value: median(times),
      unit: 'ms',
      ...(goal !== undefined && { goal: { kind: 'at-most' as const, value: goal } }),
      reason: `the fastest ${Math.min(...times).toFixed(0)} ms`,
    });
    return {
      rows: [
        row(
          'apiserver: loading the package',
          all.map(({ importMs }) => importMs),
        ),
        row(
          'apiserver: first start of a process',
          all.map(({ starts }) => starts[0] ?? 0),
          100,
        ),
        row(
          'apiserver: second start',
          all.map(({ starts }) => starts[1] ?? 0),
          100,
        ),
        row(
          'apiserver: fifth start',
          all.map(({ starts }) => starts[4] ?? 0),
        ),
      ],
      details: { processes: all },
    };
  },
};
