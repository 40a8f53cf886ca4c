import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type Call = readonly [request: IncomingMessage, response: ServerResponse];

/** Answers the requests of each connection one after the other, so that a client holds one answer in memory, not many. */
export class Pipeline {
  readonly #waiting = new WeakMap<Duplex, Call[]>();
  readonly #most: number;
  readonly #answer: (...call: Call) => void;
  readonly #idle: (call: Call) => void;

  /**
   * @param most requests of one connection that may wait
   * @param answer is called for one request at a time
   * @param idle is called when the last answer is over, with what it was about
   */
  constructor(most: number, answer: (...call: Call) => void, idle: (call: Call) => void) {
    this.#most = most;
    this.#answer = answer;
    this.#idle = idle;
  }

  /** Whether a request of this connection is being answered. */
  isBusy(socket: Duplex): boolean {
    return this.#waiting.has(socket);
  }

  /** Takes a request that has come in. */
  add(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) {
      this.#waiting.set(socket, []);
      this.#begin([request, response]);
    } else if (waiting.length < this.#most) waiting.push([request, response]);
    else socket.destroy();
  }

  #begin(call: Call): void {
    const [request, response] = call;
    const { socket } = request;
    response.once('close', () => {
      const next = socket.destroyed ? undefined : this.#waiting.get(socket)?.shift();
      if (next !== undefined) {
        this.#begin(next);
        return;
      }
      this.#waiting.delete(socket);
      this.#idle(call);
    });
    this.#answer(request, response);
  }
}
