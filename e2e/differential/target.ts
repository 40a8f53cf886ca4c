import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import type { Answer, RequestStep, WatchLine } from './sequence.ts';

/** How to reach one of the two servers: as its administrator, and as others. */
export interface Access {
  readonly name: 'kubernetes' | 'ours';
  /** `https://host:port` */
  readonly url: string;
  /** PEM of the authority. */
  readonly ca: string;
  readonly administrator: ClientIdentity;
  /** Whom steps may name as `by`. */
  readonly users?: Readonly<Record<string, ClientIdentity>>;
}

/** A client certificate and its key, both PEM. */
export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
}

/**
 * Headers that clients act upon. Not compared: what is about the connection (connection, date, transfer-encoding, content-length) and what
 * has a random value (audit-id, and the ids of flow schemas).
 */
const comparedHeaders = [
  'allow',
  'cache-control',
  'content-encoding',
  'content-type',
  'location',
  'retry-after',
  'warning',
  'www-authenticate',
  'x-content-type-options',
];

const silenceMs = 15_000;

/** How sending a request ended. */
type Exchange =
  | { readonly response: IncomingMessage; readonly error?: never; readonly reused?: never }
  | { readonly response?: never; readonly error: Error; readonly reused: boolean };

/** One of the two servers, and the connections to it. */
export class Target implements AsyncDisposable {
  readonly name: Access['name'];
  readonly #access: Access;
  /** Connections as the administrator have the key ``. */
  readonly #agents: ReadonlyMap<string, Agent>;
  #requests = 0;

  constructor(access: Access) {
    this.name = access.name;
    this.#access = access;
    const identities = { '': access.administrator, nobody: {}, ...access.users };
    this.#agents = new Map(
      Object.entries(identities).map(([name, identity]) => [
        name,
        new Agent({ ca: access.ca, keepAlive: true, ...identity }),
      ]),
    );
  }

  /** How many requests it has been sent. */
  get requests(): number {
    return this.#requests;
  }

  async call(step: Omit<RequestStep, 'as' | 'until' | 'setUp'>): Promise<Answer> {
    return readAnswer(await this.#open(step));
  }

  /** @returns the answer instead if it is not a stream */
  async watch(path: string, accept: string | undefined): Promise<OpenWatch | Answer> {
    const step = { method: 'GET', path, ...(accept === undefined ? {} : { accept }) };
    const response = await this.#open(step);
    if (response.statusCode === 200) return new OpenWatch(response);
    return readAnswer(response);
  }

  /** Sends a request, once more if the server closed an idle connection in the moment in which it was used again. */
  async #open(step: Omit<RequestStep, 'as' | 'until' | 'setUp'>): Promise<IncomingMessage> {
    this.#requests += 1;
    for (;;) {
      const { response, error, reused } = await this.#exchange(step);
      if (response !== undefined) return response;
      if (reused && (error as NodeJS.ErrnoException).code === 'ECONNRESET') continue;
      throw new Error(`${this.name}: ${step.method} ${step.path}: ${error.message}`, { cause: error });
    }
  }

  #exchange({
    method,
    path,
    body,
    type = 'application/json',
    accept,
    headers,
    by = '',
  }: Omit<RequestStep, 'as' | 'until' | 'setUp'>): Promise<Exchange> {
    const payload =
      body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const agent = this.#agents.get(by);
    if (agent === undefined) throw new Error(`${by} is nobody that ${this.name} knows`);
    return new Promise((resolve) => {
      const outgoing = request(`${this.#access.url}${path}`, {
        method,
        agent,
        headers: {
          ...(payload !== undefined && { 'content-length': payload.length }),
          ...(payload !== undefined && type !== '' && { 'content-type': type }),
          ...(accept !== undefined && { accept }),
          ...(headers as Record<string, string | string[]> | undefined),
        },
      });
      outgoing.once('response', (response) => resolve({ response }));
      outgoing.once('error', (error) => resolve({ error, reused: outgoing.reusedSocket }));
      outgoing.end(payload);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}

/** Reads an answer to its end. One that does not end is cut off, which shows in its body. */
async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  const timer = setTimeout(() => response.destroy(new Error('no end')), silenceMs);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'no end') throw error;
    return { ...answerOf(response, ''), body: `<no end> ${Buffer.concat(chunks).toString('utf8')}` };
  } finally {
    clearTimeout(timer);
  }
  return answerOf(response, Buffer.concat(chunks).toString('utf8'));
}

function answerOf(response: IncomingMessage, text: string): Answer {
  const type = response.headers['content-type'] ?? '';
  return {
    status: response.statusCode ?? 0,
    headers: headersOf(response),
    body: type.startsWith('application/json') && text !== '' ? (JSON.parse(text) as unknown) : text,
  };
}

function headersOf(response: IncomingMessage): Answer['headers'] {
  const found: Record<string, string | string[]> = {};
  for (const name of comparedHeaders) {
    const values = response.headersDistinct[name];
    if (values !== undefined) found[name] = values.length === 1 ? values[0]! : values;
  }
  return found;
}

/** A watch that has been answered with 200. */
export class OpenWatch {
  /** Its status and headers, without a body. */
  readonly answer: Answer;
  readonly #response: IncomingMessage;
  readonly #lines: AsyncIterator<string>;

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.answer = { status: 200, headers: headersOf(response), body: undefined };
    this.#lines = createInterface({ input: response })[Symbol.asyncIterator]();
  }

  /**
   * Reads until `isLast` holds, or the stream ends, or nothing has come for 15 s: what is missing then is a difference. When to send
   * bookmarks is a server's choice, so those are left out that do not mark the end of the initial events.
   */
  async read(isLast: (events: readonly WatchLine[]) => boolean): Promise<WatchLine[]> {
    const events: WatchLine[] = [];
    while (!isLast(events)) {
      const line = await this.#next();
      if (line === undefined) break;
      const event = JSON.parse(line) as WatchLine;
      if (event.type !== 'BOOKMARK' || line.includes('k8s.io/initial-events-end')) events.push(event);
    }
    this.close();
    return events;
  }

  close(): void {
    this.#response.destroy();
  }

  async #next(): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), silenceMs);
    });
    try {
      const line = this.#lines.next().then(({ value, done }) => (done === true ? undefined : value));
      return await Promise.race([line, silence]);
    } finally {
      clearTimeout(timer);
    }
  }
}
