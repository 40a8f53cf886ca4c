import type { Client } from '@virtkit/sdk';
import { parseTarget, type Target } from '../arguments/target.ts';
import { VirtctlError } from '../errors.ts';

/** `[USER@]TYPE/NAME[/NAMESPACE]`, read. */
export interface Remote {
  readonly user: string | undefined;
  readonly target: Target;
}

/** Reads `[USER@]TYPE/NAME[/NAMESPACE]`. @throws VirtctlError `usage` */
export function parseRemote(text: string): Remote {
  const at = text.lastIndexOf('@');
  const user = at < 0 ? undefined : text.slice(0, at);
  if (user === '')
    throw new VirtctlError('usage', 'expected a user name before the @', { nextStep: 'write USER@vmi/NAME' });
  const target = parseTarget(text.slice(at + 1));
  // ssh would take it for a flag or a part of its host name.
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(target.name)) {
    throw new VirtctlError('usage', `'${target.name}' cannot be the name of a machine`);
  }
  return { user, target };
}

/** The namespace in which the machine is. */
export function namespaceOf({ target }: Remote, client: Client): string {
  return target.namespace ?? client.namespace;
}

/** The name by which ssh knows the machine, in known_hosts too. */
export function hostOf({ target: { kind, name } }: Remote, namespace: string): string {
  return `${kind}.${name}.${namespace}`;
}
