import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UserInfo } from '../admission/types.ts';
import type { RequestInfo } from './request-info.ts';

/** One finished request, as told to the `onRequest` hook. */
export interface RequestRecord {
  /** As in Kubernetes' audit for resource requests; the HTTP method in lower case for other paths. */
  readonly verb: string;
  readonly path: string;
  readonly group: string | undefined;
  readonly version: string | undefined;
  readonly resource: string | undefined;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** Absent when authentication failed or was not needed. */
  readonly user: string | undefined;
  readonly userAgent: string | undefined;
  /** HTTP status; 0 if the client went before there was one. */
  readonly status: number;
  /** Bytes written to the client, headers included. */
  readonly bytes: number;
  readonly durationMs: number;
}

/** Told of every request once it is over; watches count when they end. Must not throw. */
export type RequestObserver = (record: RequestRecord) => void;

/** Gathers what is known about a request while it runs. */
export class RequestTrail {
  readonly #started = performance.now();
  readonly #request: IncomingMessage;
  readonly #socket: Duplex & { bytesWritten?: number };
  readonly #bytesBefore: number;
  info: RequestInfo | undefined;
  user: UserInfo | undefined;

  constructor(request: IncomingMessage) {
    this.#request = request;
    this.#socket = request.socket;
    this.#bytesBefore = this.#socket.bytesWritten ?? 0;
  }

  /** The record of the request, now that it is over. */
  finish(status: number): RequestRecord {
    const { info } = this;
    return {
      verb: info?.verb ?? (this.#request.method ?? 'GET').toLowerCase(),
      path: (this.#request.url ?? '/').split('?')[0] ?? '/',
      group: info?.group,
      version: info?.version,
      resource: info?.resource,
      subresource: info?.subresource,
      namespace: info?.namespace,
      name: info?.name,
      user: this.user?.name,
      userAgent: this.#request.headers['user-agent'],
      status,
      bytes: (this.#socket.bytesWritten ?? 0) - this.#bytesBefore,
      durationMs: performance.now() - this.#started,
    };
  }
}
