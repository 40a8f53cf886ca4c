import { waitUntil } from '@virtkit/testing';
import { bootPatience } from './machines.ts';

/**
 * What a guest's web server answers; undefined while nobody does.
 * @throws TypeError when that is no URL
 */
export async function page(url: string): Promise<string | undefined> {
  const address = new URL(url);
  try {
    return await (await fetch(address, { signal: AbortSignal.timeout(5_000) })).text();
  } catch (error) {
    const name = (error as Error).name;
    if (name === 'TypeError' || name === 'TimeoutError') return undefined;
    throw error;
  }
}

/** Waits until a guest's web server answers. */
export const pageServed = (url: string): Promise<string> =>
  waitUntil(`an answer of ${url}`, () => page(url), { timeoutMs: bootPatience * 1000, intervalMs: 250 });
