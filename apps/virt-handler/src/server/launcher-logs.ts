import type { IncomingMessage } from 'node:http';
import type { KeptLogs } from '../launcher-logs/kept-logs.ts';
import type { MachineName } from './console-server.ts';

/** Last part of the path at which logs of launchers that failed are asked for; of the instance nothing needs to be left. */
export const launcherLogs = 'launcherlogs';

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * The launchers of an instance's name that failed on this node, the last one first, as `{ items }`; with `podUID` what that one
 * wrote. `since` leaves out what failed before (RFC 3339): a namespace may be another one than at that time.
 *
 * @throws HandlerError `unsafe-path` for what are no names
 */
export async function answerLauncherLogs(
  { method, url }: IncomingMessage,
  instance: MachineName,
  kept: Pick<KeptLogs, 'list' | 'read'>,
): Promise<Answer> {
  const plain = (status: number, body: string): Answer => ({ status, contentType: 'text/plain', body });
  if (method !== 'GET') return plain(405, `${launcherLogs} wants GET`);
  const { searchParams } = new URL(url ?? '/', 'https://virt-handler');
  const since = Date.parse(searchParams.get('since') ?? '1970-01-01T00:00:00Z');
  if (Number.isNaN(since)) return plain(400, 'since is not a time');
  const isLater = ({ failedAt }: { failedAt: string }): boolean => Date.parse(failedAt) >= since;
  const podUid = searchParams.get('podUID');
  if (podUid === null) {
    const items = (await kept.list(instance)).filter(isLater);
    return { status: 200, contentType: 'application/json', body: JSON.stringify({ items }) };
  }
  const found = await kept.read(instance, podUid);
  if (found === undefined || !isLater(found.launcher)) return plain(404, `no log of Pod ${podUid} is kept`);
  return { status: 200, contentType: 'text/plain; charset=utf-8', body: found.text };
}
