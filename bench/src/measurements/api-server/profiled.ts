import { Session } from 'node:inspector/promises';
import { summaryOf } from './profile-summary.ts';

/** What the bench asks of a server. */
export type ProfileCommand = 'begin' | 'end' | 'memory';

let session: Session | undefined;

/** Does what the bench asks, and answers with a text. */
export async function profiled(command: ProfileCommand): Promise<void> {
  process.send?.(await answerTo(command));
}

async function answerTo(command: ProfileCommand): Promise<string> {
  if (command === 'memory') {
    const { heapUsed, external, rss } = process.memoryUsage();
    return `heap ${mib(heapUsed)}, buffers ${mib(external)}, resident ${mib(rss)}`;
  }
  if (command === 'begin') {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    return 'begun';
  }
  if (session === undefined) throw new TypeError('no profile was begun');
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  session = undefined;
  return summaryOf(profile);
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
