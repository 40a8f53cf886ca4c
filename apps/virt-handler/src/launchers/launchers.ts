import { errorMessage, withFields, type Clock, type Logger, type Timer } from '@virtkit/controllers/runtime';
import { connectLauncher, type LauncherClient, type LauncherInfo } from '@virtkit/launcher-api';
import { HandlerError } from '../errors.ts';
import { findSocket, type SocketFinding } from './socket-path.ts';
import type { SocketPeers } from './socket-peers.ts';

type PresentSocket = SocketFinding & { kind: 'present' };

/** A launcher as it answers, or does not. `since` is in milliseconds since the epoch. */
export type LauncherFinding =
  | { kind: 'absent'; podGone: boolean; since: number }
  | { kind: 'silent'; since: number }
  /** It has answered, and now nobody listens on its socket, or the socket is gone while the Pod is still there. */
  | { kind: 'dead'; since: number }
  | { kind: 'ready'; client: LauncherClient; info: LauncherInfo };

export interface LaunchersOptions {
  /** The kubelet's root folder, which holds `pods/<uid>`. */
  kubeletRoot: string;
  /** Users that a launcher may run as; a socket of anybody else is refused. */
  owners: readonly number[];
  /** Tells whose a socket is. Default: it is the Pod's, where Pods have no network namespaces. */
  peers?: SocketPeers | undefined;
  clock: Clock;
  logger: Logger;
  /** The instance of a Pod, for logs; undefined while nobody knows. */
  keyOf?(podUid: string): string | undefined;
  /** A launcher says that something changed. */
  onChange(podUid: string): void;
}

interface Known {
  /** Shared by everybody who asks at the same time. */
  client: Promise<LauncherClient> | undefined;
  /** Whether it ever did. */
  answered: boolean;
  absentSince: number | undefined;
  silentSince: number | undefined;
  deadSince: number | undefined;
  stop: AbortController;
}

/** How long a launcher may take to answer a question, in milliseconds. */
const answerTimeout = 5_000;
/** How long a hint waits for others, in milliseconds. */
const hintWindow = 50;

/** Connections to the launchers of this node, one for each Pod, made when first asked for. */
export class Launchers implements AsyncDisposable {
  readonly #options: LaunchersOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: LaunchersOptions) {
    this.#options = options;
  }

  /**
   * Looks at the launcher of a Pod. Never throws for what the launcher does or leaves undone: one that answers wrongly, or
   * puts something else in its socket's place, counts as silent.
   */
  async look(podUid: string): Promise<LauncherFinding> {
    const known = this.#entry(podUid);
    const socket = await this.#locate(podUid);
    if (socket === 'refused') return this.#silent(known);
    if (socket.kind === 'missing') {
      // A kubelet may take a Pod's volumes away long before it says that the Pod has ended.
      if (!known.answered || socket.podGone) return this.#absent(known, socket.podGone);
      await this.#drop(known);
      return this.#dead(known);
    }
    const attempt = (known.client ??= this.#connect(podUid, socket, known));
    try {
      const client = await attempt;
      const info = await client.info({ signal: AbortSignal.timeout(answerTimeout) });
      known.answered = true;
      known.absentSince = undefined;
      known.silentSince = undefined;
      known.deadSince = undefined;
      return { kind: 'ready', client, info };
    } catch (error) {
      this.#log(podUid).debug('a launcher does not answer', { error: errorMessage(error) });
      if (known.client === attempt) await this.#drop(known);
      return isRefused(error) ? this.#dead(known) : this.#silent(known);
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

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#known.keys()].map((uid) => this.forget(uid)));
  }

  #log(podUid: string): Logger {
    return withFields(this.#options.logger, { key: this.#options.keyOf?.(podUid), pod: podUid });
  }

  #entry(podUid: string): Known {
    let known = this.#known.get(podUid);
    if (known === undefined) {
      known = {
        client: undefined,
        answered: false,
        absentSince: undefined,
        silentSince: undefined,
        deadSince: undefined,
        stop: new AbortController(),
      };
      this.#known.set(podUid, known);
    }
    return known;
  }

  async #locate(podUid: string): Promise<SocketFinding | 'refused'> {
    try {
      return await findSocket(this.#options.kubeletRoot, podUid);
    } catch (error) {
      if (!(error instanceof HandlerError)) throw error;
      this.#log(podUid).warn('a launcher socket is refused', { error: error.message });
      return 'refused';
    }
  }

  /** A launcher is asked who it is while it is being found out whether it is the Pod's; before that it is told nothing. */
  async #connect(podUid: string, socket: PresentSocket, known: Known): Promise<LauncherClient> {
    const { kubeletRoot, owners, peers } = this.#options;
    const { path: socketPath, identity } = socket;
    const signal = AbortSignal.any([known.stop.signal, AbortSignal.timeout(answerTimeout)]);
    const [connecting, owning] = await Promise.allSettled([
      connectLauncher({ socketPath, root: kubeletRoot, identity, owners, signal }),
      peers === undefined ? true : peers.listens(podUid, identity.ino),
    ]);
    // Nobody who listens is another thing than somebody else.
    if (connecting.status === 'rejected') throw connecting.reason;
    const client = connecting.value;
    if (owning.status === 'fulfilled' && owning.value) {
      void this.#follow(podUid, client, known.stop.signal);
      return client;
    }
    await client[Symbol.asyncDispose]();
    if (owning.status === 'rejected') throw owning.reason;
    throw new HandlerError('launcher-socket-refused', `no process of Pod ${podUid} listens at ${socketPath}`);
  }

  async #absent(known: Known, podGone: boolean): Promise<LauncherFinding> {
    await this.#drop(known);
    known.deadSince = undefined;
    known.absentSince ??= this.#options.clock.now();
    return { kind: 'absent', podGone, since: known.absentSince };
  }

  #dead(known: Known): LauncherFinding {
    known.deadSince ??= this.#options.clock.now();
    return { kind: 'dead', since: known.deadSince };
  }

  #silent(known: Known): LauncherFinding {
    known.deadSince = undefined;
    known.silentSince ??= this.#options.clock.now();
    return { kind: 'silent', since: known.silentSince };
  }

  /** Ends a connection, or what was begun of one. */
  async #drop(known: Known): Promise<void> {
    const { client } = known;
    known.client = undefined;
    const [result] = await Promise.allSettled([client]);
    if (result.status === 'fulfilled') await result.value?.[Symbol.asyncDispose]();
  }

  /**
   * Events are hints that ask for a look, whatever they say; a guest that starts gives several at once, which one look
   * answers. They end with the connection.
   */
  async #follow(podUid: string, client: LauncherClient, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let hint: Timer | undefined;
    try {
      for await (const _event of client.events({ signal }))
        hint ??= clock.schedule(() => {
          hint = undefined;
          this.#options.onChange(podUid);
        }, hintWindow);
    } catch (error) {
      this.#log(podUid).warn('events of a launcher ended', { error: errorMessage(error) });
    }
    hint?.cancel();
    if (!signal.aborted) this.#options.onChange(podUid);
  }
}

/** Linux refuses a connection to a socket in the file system when no process listens on it any more (unix(7)). */
function isRefused(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && cause.code === 'ECONNREFUSED') return true;
  return false;
}
