import { afterAll, beforeEach, type TestContext } from 'vitest';
import { programNames } from './cluster.ts';
import { startTestPlatform, type PlatformOptions, type TestPlatform } from './platform.ts';

const startTimeoutMs = 180_000;

/**
 * One platform for all tests of a file, started before the first one that the machine can run, removed after the last.
 * What its programs logged last is printed for each test that fails.
 */
export function sharedPlatform(
  needs: (context: TestContext) => void,
  options: PlatformOptions = {},
): () => TestPlatform {
  let platform: TestPlatform | undefined;
  beforeEach(async (context) => {
    needs(context);
    platform ??= await startTestPlatform(options);
    const started = platform;
    context.onTestFailed(async () => {
      for (const name of programNames) console.error(`--- ${name}\n${await started.log(name)}`);
    });
  }, startTimeoutMs);
  afterAll(async () => platform?.[Symbol.asyncDispose](), startTimeoutMs);
  return () => {
    if (platform === undefined) throw new Error('the platform starts with the first test');
    return platform;
  };
}
