import { HalError, type CallOptions, type Hypervisor } from '@virtkit/hal';
import { unknownToPeer } from '../contract/history.ts';
import { heartbeatSeconds } from '../contract/limits.ts';
import {
  FactsSchema,
  LauncherInfoSchema,
  type DhcpSpecInput,
  type Facts,
  type FactsRequest,
  type LauncherEvent,
  type LauncherInfo,
} from '../contract/schemas.ts';
import { LauncherApiError } from '../errors.ts';
import type { FileIdentity } from './open-socket.ts';
import { followEvents } from './event-reader.ts';
import { leastDhcpSpec, leastFactsRequest } from './least-request.ts';
import { fetchCapabilities, RemoteHypervisor } from './remote-hypervisor.ts';
import { Transport } from './transport.ts';

/** Where the launcher listens, who may own its socket, and deadlines; `signal` is for the first contact only. */
export interface ConnectLauncherOptions extends CallOptions {
  socketPath: string;
  /** A folder above the socket below which no link is followed; by default only the socket itself must not be one. */
  root?: string;
  /** The very socket file that is meant; by default whichever has the path when a call is made. */
  identity?: FileIdentity;
  /** User ids that may own the socket; absent means anybody. */
  owners?: readonly number[];
  /** Deadline of each call in milliseconds; default 60,000. Guest programs have their own. */
  callTimeoutMs?: number;
  /** Silence in milliseconds after which an event stream is made anew; default 30,000 (three heartbeats). */
  eventIdleMs?: number;
}

/** A connection to one launcher. Every call throws HalError; disposing leaves the launcher and its machine alone. */
export interface LauncherClient extends AsyncDisposable {
  /** The launcher's hypervisor; disposing it closes this client. */
  readonly hypervisor: Hypervisor;
  /** Whose launcher it is and whether it was asked to end; a call of its own each time. */
  info(options?: CallOptions): Promise<LauncherInfo>;
  /** What only the launcher can see. A volume whose file is bad is an `error` entry, not a failed call. */
  facts(request?: Partial<FactsRequest>, options?: CallOptions): Promise<Facts>;
  /**
   * Serves DHCP as described and stops serving what is not described any more. Idempotent. Launchers before 1.2 serve none for IPv6 and
   * are not asked to.
   */
  configureDhcp(spec: DhcpSpecInput, options?: CallOptions): Promise<void>;
  /** The hypervisor's events and the launcher's own; `resync` also means that `info` may have changed. */
  events(options?: CallOptions): AsyncIterable<LauncherEvent>;
}

/**
 * Connects to a launcher. No connection is held: each call makes its own, so a client outlives a restarted launcher.
 * The launcher is not trusted: its answers are bounded in size and time and checked against the contract.
 *
 * @throws LauncherApiError `unreachable`, `unsafe-socket`, `version-mismatch`, `protocol`, `aborted`.
 */
export async function connectLauncher(options: ConnectLauncherOptions): Promise<LauncherClient> {
  const {
    socketPath,
    root,
    identity,
    owners,
    callTimeoutMs = 60_000,
    eventIdleMs = heartbeatSeconds * 3000,
    signal,
  } = options;
  const transport = new Transport({ socket: { path: socketPath, root, identity, owners }, callTimeoutMs });
  const info = (call: CallOptions = {}): Promise<LauncherInfo> =>
    transport.json(LauncherInfoSchema, { method: 'GET', path: 'info', ...call });
  try {
    const capabilities = await fetchCapabilities(transport, { signal });
    const hypervisor = new RemoteHypervisor(transport, capabilities, eventIdleMs);
    return {
      hypervisor,
      info,
      facts: (request = {}, call = {}) =>
        transport.json(FactsSchema, {
          method: 'POST',
          path: 'facts',
          body: leastFactsRequest(request),
          ...call,
        }),
      configureDhcp: (spec, call = {}) =>
        transport.send({
          method: 'PUT',
          path: 'dhcp',
          body: leastDhcpSpec(spec, unknownToPeer(transport.minor)),
          ...call,
        }),
      events: (call = {}) =>
        followEvents<LauncherEvent>(transport, {
          signal: call.signal,
          idleMs: eventIdleMs,
          select: (event) => event,
        }),
      [Symbol.asyncDispose]: () => hypervisor[Symbol.asyncDispose](),
    };
  } catch (error) {
    transport.close();
    throw connectError(error, socketPath);
  }
}

function connectError(error: unknown, socketPath: string): unknown {
  if (!(error instanceof HalError)) return error;
  if (error.cause instanceof LauncherApiError && error.code !== 'aborted') return error.cause;
  if (error.code === 'aborted') return new LauncherApiError('aborted', error.message, { cause: error });
  if (error.code === 'connection-lost') {
    return new LauncherApiError('unreachable', `no launcher answers at ${socketPath}`, { cause: error });
  }
  return error;
}
