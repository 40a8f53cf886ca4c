import type { Pod } from '@virtkit/core-types';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isSystemError } from '../errors.ts';
import { layoutOf, type Layout } from '../state/layout.ts';
import { readLog, type LogSelection } from './log-reader.ts';

/** What the handler needs to know of a request; the API server's own request information has it. */
export interface PodSubresourceRequest {
  readonly subresource: string | undefined;
  readonly query: URLSearchParams;
}

/** Serves subresources of Pods that only the node can answer; fits the API server's `podSubresources` option. */
export interface PodSubresourceHandler {
  /**
   * Answers a request that was authenticated already; refusals are sent as a Status, so it rejects only when the
   * connection breaks.
   */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    info: PodSubresourceRequest,
    pod: { readonly metadata: { readonly name?: string | undefined; readonly uid?: string | undefined } },
  ): Promise<void>;
}

/** Where the logs are, and how to ask for a Pod. */
export interface PodSubresourceOptions {
  /** The kubelet's state folder, on the same machine; the kubelet itself is not asked. */
  readonly root: string;
  /** The Pod as it is now, to know when a followed container has ended; undefined when it is gone. */
  readonly currentPod: (uid: string) => Promise<Pod | undefined>;
}

/** Answers `log`; refuses `exec`, `attach` and `portforward`, which this node does not offer. */
export function podSubresources(options: PodSubresourceOptions): PodSubresourceHandler {
  const layout = layoutOf(options.root);
  return {
    async handle(request, response, info, pod) {
      if (info.subresource !== 'log') {
        refuse(
          response,
          501,
          'NotImplemented',
          `${info.subresource ?? ''} is not offered by the embedded node: only logs are`,
        );
        return;
      }
      await serveLog(layout, options, response, info.query, pod as Pod);
      request.resume();
    },
  };
}

async function serveLog(
  layout: Layout,
  { currentPod }: PodSubresourceOptions,
  response: ServerResponse,
  query: URLSearchParams,
  pod: Pod,
): Promise<void> {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ name }) => name);
  const uid = pod.metadata.uid ?? '';
  const name =
    query.get('container') ?? (pod.spec.containers.length === 1 ? pod.spec.containers[0]!.name : undefined);
  if (name === undefined || !containers.includes(name)) {
    const wanted = name === undefined ? 'a container name must be given' : `container ${name} is not valid`;
    refuse(
      response,
      400,
      'BadRequest',
      `${wanted} for pod ${pod.metadata.name ?? ''}: one of [${containers.join(' ')}]`,
    );
    return;
  }
  const files = layout.pod(uid);
  const previous = isTrue(query.get('previous'));
  const path = previous ? files.previousLog(name) : files.log(name);
  const abort = new AbortController();
  response.once('close', () => abort.abort());
  const ended = async () => hasEnded(await currentPod(uid), name);
  const selection = selectionOf(query, isTrue(query.get('follow')) && !previous ? ended : undefined);
  if (selection === undefined) {
    refuse(
      response,
      400,
      'BadRequest',
      'tailLines, sinceSeconds and limitBytes must be whole numbers, sinceTime a time',
    );
    return;
  }
  try {
    const log = readLog(path, selection, abort.signal);
    const first = await log.next();
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.flushHeaders();
    if (first.done !== true) response.write(first.value);
    await pipeline(log, response);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) {
      if (abort.signal.aborted) return;
      throw error;
    }
    const what = previous ? 'previous terminated container' : 'container';
    refuse(
      response,
      400,
      'BadRequest',
      `${what} ${name} in pod ${pod.metadata.name ?? ''} has no log: it was not started`,
    );
  }
}

/** Undefined when a number is none. */
function selectionOf(query: URLSearchParams, follow: LogSelection['follow']): LogSelection | undefined {
  const number = (name: string) => {
    const text = query.get(name);
    return text === null || text === '' ? undefined : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  };
  const seconds = number('sinceSeconds');
  const time = query.get('sinceTime');
  const since =
    seconds === undefined ? (time === null ? undefined : Date.parse(time)) : Date.now() - seconds * 1000;
  const selection = {
    tailLines: number('tailLines'),
    limitBytes: number('limitBytes'),
    since,
    timestamps: isTrue(query.get('timestamps')),
    ...(follow === undefined ? {} : { follow }),
  };
  const numbers = [selection.tailLines, selection.limitBytes, selection.since];
  return numbers.some((one) => Number.isNaN(one)) ? undefined : selection;
}

function hasEnded(pod: Pod | undefined, container: string): boolean {
  if (pod === undefined) return true;
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return statuses.find(({ name }) => name === container)?.state?.terminated !== undefined;
}

function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      code,
    }),
  );
}
