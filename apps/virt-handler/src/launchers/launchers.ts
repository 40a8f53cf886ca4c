import type { Clock, Logger } from '@virtkit/controllers/runtime';
import { connectLauncher, type LauncherClient, type LauncherInfo } from '@virtkit/launcher-api';
import { findSocket } from './socket-path.ts';

/** A launcher as it answers, or does not. `since` is in milliseconds since the epoch. */
export type LauncherFinding =
  | { kind: 'absent'; podGone: boolean; since: number }
  | { kind: 'silent'; since: number }
  | { kind: 'ready'; client: LauncherClient; info: LauncherInfo };

export interface LaunchersOptions {
  /** The kubelet's root folder, which holds `pods/<uid>`. */
  kubeletRoot: string;
  /** Users that a launcher may run as; a socket of anybody else is refused. */
  owners: readonly number[];
  clock: Clock;
  logger: Logger;
  /** A launcher says that something changed. */
  onChange(podUid: string): void;
}

interface Known {
  client: LauncherClient | undefined;
  absentSince: number | undefined;
  silentSince: number | undefined;
  stop: AbortController;
}

/** How long a launcher may take to answer a question, in milliseconds. */
const answerTimeout = 5_000;

/** Connections to the launchers of this node, one for each Pod, made when first asked for. */
export class Launchers implements AsyncDisposable {
  readonly #options: LaunchersOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: LaunchersOptions) {
    this.#options = options;
  }

  /** Looks at the launcher of a Pod. Never throws for what the launcher does or leaves undone. */
  async look(podUid: string): Promise<LauncherFinding> {
    const now = this.#options.clock.now();
    const known = this.#entry(podUid);
    try {
      if (known.client === undefined) {
        const socket = await findSocket(this.#options.kubeletRoot, podUid);
        if (socket.kind === 'missing') {
          known.absentSince ??= now;
          return { kind: 'absent', podGone: socket.podGone, since: known.absentSince };
        }
        known.client = await connectLauncher({
          socketPath: socket.path,
          owners: this.#options.owners,
          signal: AbortSignal.timeout(answerTimeout),
        });
        void this.#follow(podUid, known.client, known.stop.signal);
      }
      const info = await known.client.info({ signal: AbortSignal.timeout(answerTimeout) });
      known.absentSince = undefined;
      known.silentSince = undefined;
      return { kind: 'ready', client: known.client, info };
    } catch (error) {
      this.#options.logger.debug('a launcher does not answer', { pod: podUid, error: String(error) });
      await this.#drop(known);
      const socket = await findSocket(this.#options.kubeletRoot, podUid);
      if (socket.kind === 'missing') {
        known.absentSince ??= now;
        return { kind: 'absent', podGone: socket.podGone, since: known.absentSince };
      }
      known.silentSince ??= now;
      return { kind: 'silent', since: known.silentSince };
    }
  }

  /** Ends the connection to a Pod that is gone. */
  async forget(podUid: string): Promise<void> {
    const known = this.#known.get(podUid);
    if (known === undefined) return;
    this.#known.delete(podUid);
    known.stop.abort();
    await this.#drop(known);
  }

  /** UIDs of all Pods that were looked at and not forgotten. */
  podUids(): string[] {
    return [...this.#known.keys()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.podUids().map((uid) => this.forget(uid)));
  }

  #entry(podUid: string): Known {
    let known = this.#known.get(podUid);
    if (known === undefined) {
      known = {
        client: undefined,
        absentSince: undefined,
        silentSince: undefined,
        stop: new AbortController(),
      };
      this.#known.set(podUid, known);
    }
    return known;
  }

  async #drop(known: Known): Promise<void> {
    const { client } = known;
    known.client = undefined;
    await client?.[Symbol.asyncDispose]();
  }

  /** Events are hints: each asks for a look, whatever it says. */
  async #follow(podUid: string, client: LauncherClient, signal: AbortSignal): Promise<void> {
    try {
      for await (const _event of client.events({ signal })) this.#options.onChange(podUid);
    } catch (error) {
      if (!signal.aborted)
        this.#options.logger.debug('events of a launcher ended', { pod: podUid, error: String(error) });
    }
    if (!signal.aborted) this.#options.onChange(podUid);
  }
}
