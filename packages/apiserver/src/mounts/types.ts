import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UserInfo } from '../admission/types.ts';
import type { RequestInfo } from '../http/request-info.ts';
import type { KubeObject } from '../object/types.ts';

/** An authenticated request to something that the embedder serves. */
export interface MountedRequest extends RequestInfo {
  readonly user: UserInfo;
}

/** A resource or subresource in the discovery document of a mounted group. */
export interface MountedResource {
  /** Plural name, or `resource/subresource`. */
  name: string;
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
  singularName?: string;
  shortNames?: readonly string[];
}

/** A group-version that the embedder serves in process, in the place of an aggregated API server. */
export interface MountedGroup {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly MountedResource[];
  /** Answers a request. A rejected promise is sent as a Status if nothing has been sent yet. */
  handle(request: IncomingMessage, response: ServerResponse, info: MountedRequest): void | Promise<void>;
  /** Takes over the connection of an upgrade request (WebSocket, SPDY). Without it upgrades are refused. */
  upgrade?(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    info: MountedRequest,
  ): void | Promise<void>;
}

/** Serves what only a node can answer of a Pod: `log`, `exec`, `attach`, `portforward`. */
export interface PodSubresources {
  /** Answers a request about `pod`, as it is stored. A rejected promise is sent as a Status if nothing has been sent yet. */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    info: MountedRequest,
    pod: KubeObject,
  ): void | Promise<void>;
  /** Takes over the connection of an upgrade request (exec, attach, portforward). Without it upgrades are refused. */
  upgrade?(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    info: MountedRequest,
    pod: KubeObject,
  ): void | Promise<void>;
}
