import { ApiServerError } from '@virtkit/apiserver';
import type { WebSocket } from 'ws';

/** A connection to a guest's port that waits for the user's side. */
export interface Forwarding extends Disposable {
  /** Copies both ways until either side ends, then closes both. */
  join(user: WebSocket): void | Promise<void>;
}

/** 500 with the reason, as KubeVirt answers. */
export function dialFailed(host: string, port: number, cause: Error): ApiServerError {
  return new ApiServerError('InternalError', `the guest does not answer on ${host}:${port}: ${cause.message}`, {
    cause,
  });
}
