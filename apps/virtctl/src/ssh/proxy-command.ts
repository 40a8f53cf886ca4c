import type { GlobalFlags } from '../connection/global-flags.ts';
import type { Session } from '../session.ts';
import type { Remote } from './remote.ts';

/**
 * The value of ssh's `ProxyCommand` that reaches the guest through this program, with the same connection settings. The
 * user's shell reads it (ssh_config: ProxyCommand), and ssh replaces percent signs before.
 */
export function proxyCommand(
  session: Session,
  globals: GlobalFlags,
  { target: { kind, name } }: Remote,
  namespace: string,
  port: number,
): string {
  const words = [
    ...session.self,
    ...connectionArguments(globals),
    'port-forward',
    '--stdio=true',
    `${kind}/${name}/${namespace}`,
    String(port),
  ];
  return words.map(shellQuoted).join(' ').replaceAll('%', '%%');
}

function connectionArguments(globals: GlobalFlags): string[] {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['kubeconfig', globals.kubeconfig],
    ['context', globals.context],
    ['server', globals.server],
    ['token', globals.token],
    ['certificate-authority', globals.certificateAuthority],
    ['client-certificate', globals.clientCertificate],
    ['client-key', globals.clientKey],
    ['tls-server-name', globals.tlsServerName],
  ];
  const flags = values.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return globals.insecureSkipTlsVerify === true ? [...flags, '--insecure-skip-tls-verify'] : flags;
}

function shellQuoted(word: string): string {
  return /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
