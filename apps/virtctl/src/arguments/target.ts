import { VirtctlError } from '../errors.ts';
import { parseKind, type MachineKind } from './kind.ts';

/** `TYPE/NAME[/NAMESPACE]`, read. */
export interface Target {
  readonly kind: MachineKind;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Reads `TYPE/NAME[/NAMESPACE]`. @throws VirtctlError `usage` */
export function parseTarget(text: string): Target {
  const parts = text.split('/');
  if (parts.length < 2) throw refusal("target must contain type and name separated by '/'");
  if (parts.length > 3) throw refusal("target is not valid with more than two '/'");
  const [kind = '', name = '', namespace] = parts;
  if (name === '') throw refusal('name cannot be empty');
  if (namespace === '') throw refusal('namespace cannot be empty');
  return { kind: parseKind(kind), name, namespace };
}

function refusal(message: string): VirtctlError {
  return new VirtctlError('usage', message, { nextStep: 'write it as vmi/NAME or vmi/NAME/NAMESPACE' });
}
