import type { WebSocketStream } from '@virtkit/sdk';

/** Opens a connection to the guest's port; the signal ends it, also later. @throws ApiError */
export type Dial = (signal: AbortSignal) => Promise<WebSocketStream>;

/** A local port that is being forwarded. Disposing closes it and its connections. */
export interface Forwarder extends AsyncDisposable {
  /** The local port that was taken. */
  readonly port: number;
}

export interface ForwarderOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly dial: Dial;
  /** Told of each connection that failed; the others go on. */
  readonly onFailure: (error: unknown) => void;
}
