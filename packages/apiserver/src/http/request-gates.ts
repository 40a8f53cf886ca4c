import type { IncomingMessage, ServerResponse } from 'node:http';
import { Gate, type Leave } from './gate.ts';
import type { RequestLimits } from './limits.ts';

/** Bodies up to this size cost too little to be counted by themselves. */
const LARGE_BODY_BYTES = 64 * 1024;

const READ_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Subresources that stream for as long as the client likes. */
const STREAMING: ReadonlySet<string | undefined> = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

/** What the gates look at of a request. */
export interface GatedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly user: string;
  /** Absent for paths that name no resource. */
  readonly info: { readonly verb: string; readonly subresource: string | undefined } | undefined;
}

/** Bounds the requests that are answered at the same time; in Kubernetes, API Priority and Fairness does that. */
export class RequestGates {
  readonly #reads: Gate;
  readonly #writes: Gate;
  readonly #largeBodies: Gate;
  readonly #watches: Gate;

  constructor(limits: RequestLimits) {
    const gate = (what: string, atOnce: number, waiting = limits.waiting): Gate =>
      new Gate({
        what,
        atOnce,
        perUser: Math.max(1, Math.floor(atOnce * limits.shareOfOneUser)),
        waiting,
        waitMs: limits.waitMs,
      });
    this.#reads = gate('reads', limits.readsInFlight);
    this.#writes = gate('writes', limits.writesInFlight);
    this.#largeBodies = gate('requests with a large body', limits.largeBodiesInFlight);
    // Watches stay: there is nothing to wait for.
    this.#watches = gate('watches', limits.watches, 0);
  }

  /**
   * Waits until the request may be answered. Its place is free again when its response is over: a client that reads slowly
   * keeps it.
   * @throws ApiServerError `TooManyRequests`
   */
  async enter(call: GatedRequest): Promise<void> {
    const gates = this.#gatesOf(call);
    if (gates.length === 0) return;
    const closed = new AbortController();
    const held: Leave[] = [];
    call.response.once('close', () => {
      closed.abort();
      for (const leave of held) leave();
    });
    for (const gate of gates) {
      const leave = await gate.enter(call.user, closed.signal);
      held.push(leave);
      // The client may have gone in the turn in which it was let in.
      if (closed.signal.aborted) leave();
    }
  }

  #gatesOf({ request, info }: GatedRequest): readonly Gate[] {
    if (info?.verb === 'watch') return [this.#watches];
    if (STREAMING.has(info?.subresource)) return [];
    if (READ_METHODS.has(request.method)) return [this.#reads];
    return hasLargeBody(request) ? [this.#largeBodies, this.#writes] : [this.#writes];
  }
}

function hasLargeBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length === undefined
    ? headers['transfer-encoding'] !== undefined
    : Number(length) > LARGE_BODY_BYTES;
}
