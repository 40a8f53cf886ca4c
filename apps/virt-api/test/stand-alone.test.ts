import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the program refuses to run by itself, and says why', () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ['--conditions=@virtkit/source', main], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('stand-alone-not-offered');
});
