import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RequestLimits } from '../../../src/index.ts';

interface Address {
  readonly url: string;
  readonly ca: string;
  /** Of the administrator. */
  readonly token: string;
  /** Of another user. */
  readonly other: string;
}

/** A server in a process of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly address: Address;

  private constructor(child: ChildProcess, address: Address) {
    this.#child = child;
    this.address = address;
  }

  static async start(limits: Partial<RequestLimits>): Promise<ServerProcess> {
    const child = fork(join(import.meta.dirname, 'server-process.ts'), [JSON.stringify(limits)], {
      execArgv: ['--conditions=@virtkit/source', '--expose-gc'],
    });
    const [address] = (await once(child, 'message')) as [Address];
    return new ServerProcess(child, address);
  }

  /** Bytes that the server holds after a garbage collection, and how many connections are open. */
  async state(): Promise<{ memory: number; connections: number }> {
    this.#child.send('state');
    const [state] = (await once(this.#child, 'message')) as [{ memory: number; connections: number }];
    return state;
  }

  /** Bytes that the server holds after a garbage collection. */
  async memory(): Promise<number> {
    return (await this.state()).memory;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
