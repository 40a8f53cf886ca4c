import type { RequestRecord } from '@virtkit/apiserver';

const writeVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
/** What is written again and again whether or not machines start. */
const background = new Set(['leases', 'nodes']);

/** A write that the API server answered, with the moment at which it was asked for (`performance.now()`). */
export interface Write {
  verb: string;
  /** As in `kubectl api-resources`, with the subresource after a slash. */
  resource: string;
  user: string;
  /** The server's answer; a refused write counts as one, since it costs as much. */
  status: number;
  startedAt: number;
}

/** The write that a request was; undefined for reads and for what machines do not cause. */
export function writeOf(record: RequestRecord, finishedAt: number): Write | undefined {
  const { verb, resource, subresource, status, durationMs, userAgent = '' } = record;
  if (!writeVerbs.has(verb) || resource === undefined || background.has(resource)) return undefined;
  return {
    verb,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    user: userAgent,
    status,
    startedAt: finishedAt - durationMs,
  };
}

/** How many writes there were by `verb resource`, the most frequent first. */
export function byVerbAndResource(writes: readonly Write[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { verb, resource } of writes) {
    const key = `${verb} ${resource}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return new Map([...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}
