import { afterAll, beforeAll, beforeEach } from 'vitest';
import { KubernetesPlatform, type PlatformOptions } from './platform.ts';

/** How long a cluster may take to start on a busy machine, its images included. */
const startTimeoutMs = 900_000;

/** One platform for all tests of a file. What its programs logged last is printed for each test that fails. */
export function sharedKubernetes(folder: string, options: PlatformOptions = {}): () => KubernetesPlatform {
  let platform: KubernetesPlatform | undefined;
  beforeAll(async () => {
    platform = await KubernetesPlatform.start(folder, options);
  }, startTimeoutMs);
  beforeEach((context) => {
    context.onTestFailed(async () => console.error(await platform?.logs()));
  });
  afterAll(async () => platform?.[Symbol.asyncDispose](), startTimeoutMs);
  return () => {
    if (platform === undefined) throw new Error('the platform did not start');
    return platform;
  };
}
