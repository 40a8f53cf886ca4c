import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

describe('examples', () => {
  it('embedded', async () => {
    const program = join(import.meta.dirname, '../examples/embedded.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@virtkit/source', program]);
    const [url = '', ...kubeconfig] = stdout.split('\n');
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(kubeconfig.join('\n')).toContain(url);
  });

  it('webhook', async () => {
    const program = join(import.meta.dirname, '../examples/webhook.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@virtkit/source', program]);
    expect(stdout).toContain('short: created\n');
    expect(stdout).toMatch(/rather-long: .*denied the request: rather-long has more than 8 characters/);
  });

  it('a controller and its tests', async () => {
    const program = join(import.meta.dirname, '../examples/website-controller.test.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@virtkit/source',
      '--test',
      '--test-reporter=tap',
      program,
    ]);
    expect(stdout).toMatch(/^# pass 2$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });
});
