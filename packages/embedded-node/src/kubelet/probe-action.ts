import type { Container, ContainerProbe } from '@virtkit/core-types';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { runCommand } from '../processes/command.ts';
import type { ContainerProcess } from '../sandbox/container-process.ts';

/** Where a probe looks. */
export interface ProbeTarget {
  readonly container: Container;
  /** The Pod's address, or the host's. */
  readonly address: string;
  readonly process: ContainerProcess | undefined;
  readonly root: boolean;
}

export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Does one probe. Never rejects for a failure of what is probed. */
export async function runProbe(
  probe: ContainerProbe,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const milliseconds = (probe.timeoutSeconds ?? 1) * 1000;
  const { exec, httpGet, tcpSocket } = probe;
  if (exec !== undefined) return execProbe(exec.command ?? [], target, milliseconds, signal);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
  if (httpGet !== undefined) return httpProbe(httpGet, target, limited);
  if (tcpSocket !== undefined)
    return tcpProbe(tcpSocket.host ?? target.address, portNumber(tcpSocket.port, target.container), limited);
  return { ok: false, message: 'the probe has no action' };
}

/** A port by number, or by its name among the container's ports. */
function portNumber(port: number | string, container: Container): number {
  const named = container.ports?.find(({ name }) => name === port);
  return named?.containerPort ?? Number(port);
}

function httpProbe(
  action: NonNullable<ContainerProbe['httpGet']>,
  { address, container }: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const options = {
    host: action.host ?? address,
    port: portNumber(action.port, container),
    path: action.path ?? '/',
    headers: Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name, value])),
    signal,
    agent: false,
  } as const;
  // As with any kubelet, a probe asks whether something answers, not who.
  const request =
    action.scheme === 'HTTPS'
      ? httpsRequest({ ...options, rejectUnauthorized: false })
      : httpRequest(options);
  request.on('response', (response) => {
    response.resume();
    const { statusCode = 0 } = response;
    const ok = statusCode >= 200 && statusCode < 400;
    resolve(ok ? { ok } : { ok, message: `HTTP probe failed with statuscode: ${statusCode}` });
  });
  request.on('error', (error) => resolve({ ok: false, message: error.message }));
  request.end();
  return promise;
}

function tcpProbe(host: string, port: number, signal: AbortSignal): Promise<ProbeResult> {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const socket = connect({ host, port, signal });
  socket.on('connect', () => {
    socket.destroy();
    resolve({ ok: true });
  });
  socket.on('error', (error) => resolve({ ok: false, message: error.message }));
  return promise;
}

/** Runs a program beside the container's own: in its namespaces, root folder and working directory, as its user. */
async function execProbe(
  command: readonly string[],
  { process, root }: ProbeTarget,
  timeout: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const program = await process?.program();
  if (program === undefined) return { ok: false, message: 'the container does not run' };
  const enter = [
    '--target',
    String(program.pid),
    '--mount',
    '--uts',
    '--ipc',
    '--net',
    '--pid',
    '--root',
    '--wd',
  ];
  const user = root ? await identityArguments(program.pid) : ['--user', '--preserve-credentials'];
  const args = [...enter, ...user, '--', ...command];
  const { exitCode, stdout, stderr } = await runCommand('nsenter', args, { timeout, signal });
  if (exitCode === 0) return { ok: true };
  const said = (stdout + stderr).trim().slice(0, 500);
  return {
    ok: false,
    message: exitCode === null ? 'the command took too long' : `exit status ${exitCode}: ${said}`,
  };
}

async function identityArguments(pid: number): Promise<string[]> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const id = (key: string) => new RegExp(`^${key}:\\t\\d+\\t(\\d+)`, 'm').exec(status)?.[1] ?? '65534';
  return ['--setuid', id('Uid'), '--setgid', id('Gid')];
}
