import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names that no other test run on this machine uses, and a folder that vanishes with them. */
export interface Scratch extends AsyncDisposable {
  /** Six hexadecimal digits. */
  readonly tag: string;
  readonly folder: string;
}

/** Makes a scratch folder. */
export async function makeScratch(): Promise<Scratch> {
  const tag = randomBytes(3).toString('hex');
  const folder = await mkdtemp(join(tmpdir(), `embedded-node-${tag}-`));
  return { tag, folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Looks again and again until `look` gives something. @throws after `timeout` milliseconds */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  timeout = 45_000,
): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${timeout} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
