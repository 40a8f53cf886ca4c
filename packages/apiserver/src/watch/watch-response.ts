import type { ServerResponse } from 'node:http';
import { compileSelection, parseRevision, type Selection } from '../registry/list.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import type { Store } from '../storage/store.ts';
import type { ObjectFormat } from './watch-encoder.ts';
import type { WatchHub } from './watch-hub.ts';
import { ConvertingWatchSession } from '../conversion/converting-watch.ts';
import { WatchSession } from './watch-session.ts';

/** A watch request. */
export interface WatchRequest extends Selection {
  resourceVersion?: string;
  bookmarks: boolean;
  /** Absent if the client did not say. */
  sendInitialEvents?: boolean;
  timeoutSeconds?: number;
}

/** What a watch response needs. */
export interface WatchServer {
  readonly store: Store;
  readonly hub: WatchHub;
  /** Milliseconds between bookmarks. */
  readonly bookmarkIntervalMs: number;
}

const MIN_TIMEOUT_SECONDS = 30 * 60;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * Answers a request with a stream of watch events, one JSON document per line, until the client goes, the time is up, or
 * the history that the client needs is gone.
 * @throws ApiServerError before anything is sent: `BadRequest`, `Expired`, `Timeout` (a revision of the future).
 */
export function respondWithWatch(
  server: WatchServer,
  response: ServerResponse,
  definition: ResourceDefinition,
  format: ObjectFormat,
  request: WatchRequest,
): void {
  const matcher = compileSelection(definition, request);
  const from = startRevision(server.store, request);
  if (from !== undefined) server.store.assertRevision(from);
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const sink = { write: (line: Buffer) => response.write(line), end: () => response.end() };
  const Session = definition.remote === undefined ? WatchSession : ConvertingWatchSession;
  const session = new Session(server.store, server.hub, { definition, matcher, format }, sink);
  const timeout = setTimeout(() => finish(), timeoutMs(request.timeoutSeconds));
  const ticker = request.bookmarks
    ? setInterval(() => session.bookmark(), server.bookmarkIntervalMs)
    : undefined;
  const finish = () => {
    // A last bookmark lets the client come back without reading again what it has seen.
    if (request.bookmarks) session.bookmark();
    session.end();
  };
  response.on('drain', () => session.resume());
  response.on('close', () => {
    clearTimeout(timeout);
    clearInterval(ticker);
    session.end();
  });
  if (from === undefined) {
    session.startWithPresent();
    // Only who asks for initial events is told where they end, as kube-apiserver has it.
    if (request.bookmarks && request.sendInitialEvents === true)
      session.bookmark({ [INITIAL_EVENTS_END]: 'true' });
  } else session.startAfter(from);
}

/** The revision to start after; `undefined` to start with the present objects. */
function startRevision(store: Store, request: WatchRequest): number | undefined {
  const { resourceVersion = '' } = request;
  const revision = resourceVersion === '' ? 0 : parseRevision(store, resourceVersion);
  if (request.sendInitialEvents === true) return undefined;
  if (revision !== 0) return revision;
  return request.sendInitialEvents === false ? store.revision : undefined;
}

/** As Kubernetes does, watches without a limit end after 30 to 60 minutes, not all at once. */
function timeoutMs(seconds: number | undefined): number {
  const chosen = seconds !== undefined && seconds > 0 ? seconds : MIN_TIMEOUT_SECONDS * (1 + Math.random());
  return Math.min(chosen * 1000, 2 ** 31 - 1);
}
