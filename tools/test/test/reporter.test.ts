import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const pathOf = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

// A test runner that starts beside others takes its time.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;
let failuresFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reporter-'));
  failuresFile = join(folder, 'build/failures.txt');
  const reporters = [[pathOf('tools/test/reporter.ts'), { failuresFile }]];
  write('vitest.config.mjs', `export default ${JSON.stringify({ test: { globals: true, reporters } })};`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

/** Runs the tests of the folder, as part of no other run. */
async function runTests(
  variables: Record<string, string> = {},
): Promise<{ status: number; lines: string[] }> {
  const env = { PATH: process.env.PATH, NO_COLOR: '1', ...variables };
  const vitest = [pathOf('node_modules/vitest/vitest.mjs'), 'run', '--root', folder];
  const child = spawn(process.execPath, vitest, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const [[status], stdout] = await Promise.all([
    once(child, 'exit') as Promise<[number]>,
    text(child.stdout),
  ]);
  return { status, lines: stdout.trimEnd().split('\n') };
}

test('a run closes with what failed, one line each, and leaves these lines in a file', async () => {
  write(
    'tests.test.mjs',
    `describe('sums', () => {
      test('hold', () => expect(1).toBe(1));
      test('fail', () => expect(1).toBe(2));
      test('fail at length', () => { throw new Error('first line\\nsecond line'); });
    });
    describe('a hook', () => {
      beforeAll(() => { throw new Error('no hook'); });
      test('never runs', () => {});
    });`,
  );
  write('broken.test.mjs', `throw new TypeError('no module');`);
  write('unhandled.test.mjs', `test('passes', () => { void Promise.reject(new Error('nobody waits')); });`);
  const { status, lines } = await runTests();
  const failures = [
    'failed: broken.test.mjs: no module',
    'failed: tests.test.mjs > a hook: no hook',
    'failed: tests.test.mjs > sums > fail: expected 1 to be 2 // Object.is equality',
    'failed: tests.test.mjs > sums > fail at length: first line',
    'failed: outside of a test: nobody waits',
  ];
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe('Tests: 2 passed, 2 failed, 1 skipped');
  const last = lines.slice(-1 - failures.length, -1);
  expect(last.toSorted()).toEqual(failures.toSorted());
  expect(last.at(-1)).toBe(failures.at(-1));
  expect(readFileSync(failuresFile, 'utf8')).toBe(`${last.join('\n')}\n`);
});

test('a skipped test that nobody allowed fails a run of CI', async () => {
  write('tests.test.mjs', `test('passes', () => {}); test.skip('is skipped', () => {});`);
  const { status, lines } = await runTests({ CI: 'true' });
  expect(status).toBe(1);
  expect(lines.slice(-3)).toEqual([
    'skipped: tests.test.mjs > is skipped: no reason given',
    'error: 1 skipped tests are not in tools/test/skips.allow',
    'Tests: 1 passed, 0 failed, 1 skipped',
  ]);
  expect(readFileSync(failuresFile, 'utf8')).toContain('skips.allow');

  expect(await runTests()).toMatchObject({ status: 0 });
  expect(existsSync(failuresFile)).toBe(false);
});

test('a test that passes only when tried again is told of', async () => {
  write(
    'tests.test.mjs',
    `let tries = 0; test('is unsteady', { retry: 1 }, () => expect(++tries).toBe(2)); test('is steady', () => {});`,
  );
  const { status, lines } = await runTests();
  expect(status).toBe(0);
  expect(lines.slice(-2)).toEqual([
    'unsteady: tests.test.mjs > is unsteady: expected 1 to be 2 // Object.is equality',
    'Tests: 2 passed, 0 failed, 0 skipped',
  ]);
});

test('a process that a test leaves behind does not keep a run from ending', async () => {
  write(
    'tests.test.mjs',
    `import { spawn } from 'node:child_process';
    test('leaves a process', () => {
      const { pid } = spawn('sleep', ['600'], { stdio: 'inherit', detached: true });
      process.stdout.write('left: ' + pid + '\\n');
    });`,
  );
  const { status, lines } = await runTests();
  const left = Number(lines.join('\n').match(/left: (\d+)/)?.[1]);
  process.kill(left, 'SIGKILL');
  expect(status).toBe(0);
  expect(lines).toContain('Tests: 1 passed, 0 failed, 0 skipped');
});
