import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { HalError, type Machine } from '@virtkit/hal';
import type { ProbeAction, ProbePlan } from '@virtkit/machine-plan';

/** The guest that is probed. */
export interface ProbeTarget {
  machine: Machine;
  /** Where this node reaches the guest: its Pod's address; undefined when it cannot be reached from outside. */
  address: string | undefined;
  /** Its agent is not to be asked now: probes that would ask it succeed. */
  agentLeftAlone?: boolean;
}

/** Why a probe failed: the guest answered wrongly, took too long, or nothing in it could be asked. */
export type ProbeFailure = 'ProbeFailed' | 'ProbeTimedOut' | 'GuestUnreachable';

export type ProbeResult = { ok: true } | { ok: false; reason: ProbeFailure; message: string };

/** Longest piece of a guest's output that becomes part of a message, in characters. */
const outputLimit = 200;

/** Does a probe once. Resolves for whatever the guest does or leaves undone; what went wrong is the message. */
export async function runProbe(
  { action, timeoutSeconds }: Pick<ProbePlan, 'action' | 'timeoutSeconds'>,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const asksAgent = action.kind === 'exec' || action.kind === 'guest-agent-ping';
  if (asksAgent && target.agentLeftAlone === true) return { ok: true };
  const limit = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    return await perform(action, timeoutSeconds, target, AbortSignal.any([signal, limit]));
  } catch (error) {
    if (limit.aborted) return failed('ProbeTimedOut', `no answer within ${timeoutSeconds} s`);
    // An agent that answers with an error was reached.
    const answered = error instanceof HalError && error.code === 'guest-agent-failed';
    const message = error instanceof Error ? error.message : String(error);
    return failed(answered ? 'ProbeFailed' : 'GuestUnreachable', message);
  }
}

const failed = (reason: ProbeFailure, message: string): ProbeResult => ({ ok: false, reason, message });

function perform(
  action: ProbeAction,
  timeoutSeconds: number,
  { machine, address }: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  switch (action.kind) {
    case 'http':
      return getOverHttp(action, hostOf(action.host, address), signal);
    case 'tcp':
      return connectOverTcp(hostOf(action.host, address), action.port, signal);
    case 'exec':
      return runInGuest(machine, action.command, timeoutSeconds, signal);
    case 'guest-agent-ping':
      return pingAgent(machine, signal);
  }
}

function hostOf(named: string | undefined, address: string | undefined): string {
  const host = named ?? address;
  if (host === undefined) throw new Error('the guest has no address that this node can reach');
  return host;
}

/** Kubernetes: every status from 200 to 399 is a success; a redirection is not followed. */
async function getOverHttp(
  { scheme, port, path, headers }: Extract<ProbeAction, { kind: 'http' }>,
  host: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const options = {
    host,
    port,
    path,
    signal,
    agent: false,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
  } as const;
  // As with any kubelet, a probe asks whether something answers, not who.
  const request =
    scheme === 'https' ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
  request.on('response', (response) => {
    resolve(response.statusCode ?? 0);
    // The body belongs to the guest and may be endless.
    request.destroy();
  });
  request.on('error', reject);
  request.end();
  const status = await promise;
  return status >= 200 && status < 400 ? { ok: true } : failed('ProbeFailed', `HTTP status ${status}`);
}

async function connectOverTcp(host: string, port: number, signal: AbortSignal): Promise<ProbeResult> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host, port, signal });
  socket.once('connect', resolve);
  socket.on('error', reject);
  try {
    await promise;
    return { ok: true };
  } finally {
    socket.destroy();
  }
}

async function runInGuest(
  machine: Machine,
  command: readonly [path: string, ...args: string[]],
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const { exitCode, stdout, stderr } = await machine
    .facet('guestAgent')
    .exec(command, { timeoutSeconds, signal });
  if (exitCode === 0) return { ok: true };
  return failed('ProbeFailed', `exit status ${exitCode}: ${(stdout + stderr).trim().slice(0, outputLimit)}`);
}

async function pingAgent(machine: Machine, signal: AbortSignal): Promise<ProbeResult> {
  await machine.facet('guestAgent').ping({ signal });
  return { ok: true };
}
