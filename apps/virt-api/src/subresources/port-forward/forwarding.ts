import { ApiServerError } from '@virtkit/apiserver';
import type { WebSocket } from 'ws';

/** A connection to a guest's port that waits for the user's side. Disposing of it closes the connection. */
export interface Forwarding extends Disposable {
  /** Copies both ways until either side ends, then closes the user's; resolves when both are done. */
  join(user: WebSocket): Promise<void>;
}

/** 500 with the reason, as KubeVirt answers. */
export function dialFailed(host: string, port: number, cause: Error): ApiServerError {
  return new ApiServerError(
    'InternalError',
    `the guest does not answer on ${host}:${port}: ${cause.message}`,
    {
      cause,
    },
  );
}
