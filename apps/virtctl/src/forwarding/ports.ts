import { VirtctlError } from '../errors.ts';

/** One `[PROTOCOL/]LOCAL[:REMOTE]`. */
export interface ForwardedPort {
  readonly protocol: 'tcp' | 'udp';
  /** 0 takes a free one. */
  readonly local: number;
  readonly remote: number;
}

/** Reads `[tcp/|udp/]LOCAL[:REMOTE]`. @throws VirtctlError `usage` */
export function parsePort(text: string): ForwardedPort {
  const [, protocol = 'tcp', local = '', remote = local] =
    /^(?:([^/]*)\/)?([^:/]+)(?::([^:/]+))?$/.exec(text) ?? [];
  if (local === '') throw refusal(text, 'it is not [PROTOCOL/]LOCAL[:REMOTE]');
  if (protocol !== 'tcp' && protocol !== 'udp') throw refusal(text, `unknown protocol '${protocol}'`);
  return { protocol, local: portNumber(text, local, 0), remote: portNumber(text, remote, 1) };
}

function portNumber(text: string, digits: string, least: number): number {
  const port = Number(digits);
  if (/^\d+$/.test(digits) && port >= least && port <= 65_535) return port;
  throw refusal(text, `'${digits}' is not a port from ${least} to 65535`);
}

function refusal(text: string, why: string): VirtctlError {
  return new VirtctlError('usage', `invalid port '${text}': ${why}`, {
    nextStep: 'write it as 8080, 8080:80, tcp/8080:80 or udp/5353:53',
  });
}
