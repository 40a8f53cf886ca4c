import type { WebSocketStream } from '@virtkit/sdk';

/** Types at a serial console and reads what comes back. */
export class ConsoleReader implements Disposable {
  readonly #stream: WebSocketStream;
  #text = '';

  constructor(stream: WebSocketStream) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => (this.#text += chunk.toString('utf8')));
  }

  get text(): string {
    return this.#text;
  }

  write(text: string): void {
    this.#stream.write(text);
  }

  /**
   * Types `line` now and then, until something that matches comes: a guest that is still booting reads nothing.
   * @throws Error with all that came when nothing matches in time
   */
  async answer(
    line: string,
    expected: RegExp,
    { timeoutMs = 30_000, everyMs = 1_000 } = {},
  ): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    let typed = -Infinity;
    while (!expected.test(this.#text)) {
      if (performance.now() > deadline)
        throw new Error(`${String(expected)} did not come from the console: ${JSON.stringify(this.#text)}`);
      if (this.#stream.destroyed) throw new Error('the console ended', { cause: this.#stream.errored });
      if (performance.now() - typed > everyMs) {
        this.#stream.write(line);
        typed = performance.now();
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.#text;
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }
}
