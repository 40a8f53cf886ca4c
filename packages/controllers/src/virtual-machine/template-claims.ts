import type { VirtualMachine } from '@virtkit/core-types';
import { keyFor, type ObjectKey } from '../runtime/object-key.ts';
import { claimOf } from '../virtual-machine-instance/launcher-pod/facts.ts';

/** Keys of the claims that the volumes of a machine's template name; they may not exist. */
export function claimKeys({ metadata, spec }: VirtualMachine): ObjectKey[] {
  const names = (spec.template.spec?.volumes ?? []).map(claimOf).filter((name) => name !== undefined);
  return [...new Set(names)].map((name) => keyFor(metadata.namespace, name));
}

/** Key of the claim that guest memory is dumped to, if that is asked for. */
export function dumpClaimKey({ metadata, status }: VirtualMachine): ObjectKey | undefined {
  const claimName = status?.memoryDumpRequest?.claimName;
  return claimName === undefined ? undefined : keyFor(metadata.namespace, claimName);
}

/** Keys of all claims that concern a machine. */
export function concerningClaimKeys(machine: VirtualMachine): ObjectKey[] {
  return [...claimKeys(machine), dumpClaimKey(machine)].filter((key) => key !== undefined);
}
