import { connect, type TLSSocket } from 'node:tls';

/** Where a server is and whom it trusts. */
export interface Target {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** A TLS connection over which a test sends what no HTTP client would. */
export class Raw implements AsyncDisposable {
  readonly socket: TLSSocket;
  readonly #target: Target;
  /** Everything that has come so far, one character for each byte. */
  received = '';

  private constructor(socket: TLSSocket, target: Target) {
    this.socket = socket;
    this.#target = target;
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    // That the server cuts the connection is what many tests are about; they look at `closed`.
    socket.on('error', () => socket.destroy());
  }

  /** Connects; the promise settles when the handshake is done or the server has cut the connection. */
  static async open(target: Target): Promise<Raw> {
    const { hostname, port } = new URL(target.url);
    const socket = connect({ host: hostname, port: Number(port), ca: target.ca });
    const raw = new Raw(socket, target);
    await new Promise<void>((resolve) => {
      socket.once('secureConnect', resolve);
      socket.once('close', () => resolve());
    });
    return raw;
  }

  get closed(): boolean {
    return this.socket.closed;
  }

  send(text: string | Buffer): void {
    if (this.socket.writable)
      this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Sends the line and the headers of a request, authenticated; without the empty line that ends them. */
  begin(line: string, headers: readonly string[] = []): void {
    const all = [`${line} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${this.#target.token}`, ...headers];
    this.send(`${all.join('\r\n')}\r\n`);
  }

  /** Sends a request without or with a body. */
  request(line: string, headers: readonly string[] = [], body = ''): void {
    this.begin(line, headers);
    this.send(`\r\n${body}`);
  }

  /** The statuses of the answers that have come so far. */
  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }
}
