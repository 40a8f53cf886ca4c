import type { IncomingMessage } from 'node:http';
import type { Group, Resource, WatchedEvent, WatchSession } from '../history.ts';
import { NoAnswer, type Connections } from './connections.ts';
import type { Recorder } from './recorder.ts';
import { collectionPath, selector, versionOf, type WireObject } from './wire.ts';

const INITIAL_END = 'k8s.io/initial-events-end';

/** What a watch is to show, and from where. */
type WatchStart = Pick<WatchSession, 'resource' | 'start' | 'reference'> & { group?: Group };

/** Opens watches and records what they bring. */
export class Watcher {
  readonly #recorder: Recorder;
  readonly #connections: Connections;

  constructor(recorder: Recorder, connections: Connections) {
    this.#recorder = recorder;
    this.#connections = connections;
  }

  /**
   * Watches until the connection ends, `enough` events came, or the signal is aborted.
   * @param reading called before each line that is read: a slow reader lets it take its time.
   */
  async watch(
    wanted: WatchStart,
    options: { enough: number; signal: AbortSignal; reading?: () => Promise<void> | undefined },
  ): Promise<WatchSession> {
    const session = this.#recorder.watch(wanted);
    const end = (how: WatchSession['end']) => {
      session.end = how;
      session.ended = this.#recorder.now();
      return session;
    };
    let response;
    try {
      response = await this.#connections.open({ method: 'GET', path: pathOf(wanted) });
    } catch (error) {
      if (error instanceof NoAnswer) return end('cut');
      throw error;
    }
    if (response.statusCode !== 200) {
      session.status = response.statusCode ?? 0;
      response.resume();
      return end(response.statusCode === 410 ? 'expired' : 'refused');
    }
    const stop = () => response.destroy();
    options.signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const line of linesOf(response)) {
        const event = parse(wanted.resource, line, this.#recorder.now());
        if (event === 'expired' || event === 'refused') return end(event);
        if (event !== undefined) session.events.push(event);
        if (session.events.length >= options.enough) return end('closed');
        const pause = options.reading?.();
        if (pause !== undefined) await pause;
      }
    } finally {
      options.signal.removeEventListener('abort', stop);
      response.destroy();
    }
    return end(options.signal.aborted ? 'closed' : 'cut');
  }
}

/** Whole lines until the connection ends in whatever way; a line that was cut off is not one. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      rest = Buffer.concat([rest, chunk]);
      for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
        const line = rest.toString('utf8', 0, at);
        rest = rest.subarray(at + 1);
        yield line;
      }
    }
  } catch (error) {
    if (!response.destroyed) throw error;
  }
}

function pathOf({ resource, group, start }: WatchStart): string {
  return collectionPath(resource, {
    watch: 'true',
    allowWatchBookmarks: 'true',
    labelSelector: selector(group),
    ...(start.mode === 'revision' && { resourceVersion: String(start.revision) }),
    ...(start.mode === 'initial' && { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }),
  });
}

function parse(
  resource: Resource,
  line: string,
  at: number,
): WatchedEvent | 'expired' | 'refused' | undefined {
  const { type, object } = JSON.parse(line) as { type: string; object: WireObject };
  if (type === 'ERROR') return object.code === 410 ? 'expired' : 'refused';
  const revision = Number(object.metadata.resourceVersion);
  if (type === 'BOOKMARK')
    return {
      at,
      type,
      revision,
      ...(object.metadata.annotations?.[INITIAL_END] === 'true' && { initialEnd: true }),
    };
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED')
    throw new Error(`the server sent a watch event of type ${type}`);
  const version = versionOf(resource, object);
  return version === undefined ? undefined : { at, type, revision, version };
}
