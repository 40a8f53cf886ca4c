import type { VirtualMachine } from '@virtkit/core-types';
import { keyFor, type ObjectKey } from '../runtime/object-key.ts';
import { claimOf } from '../virtual-machine-instance/launcher-pod/facts.ts';

/** Keys of the claims that the volumes of a machine's template name; they may not exist. */
export function claimKeys({ metadata, spec }: VirtualMachine): ObjectKey[] {
  const names = (spec.template.spec?.volumes ?? []).map(claimOf).filter((name) => name !== undefined);
  return [...new Set(names)].map((name) => keyFor(metadata.namespace, name));
}
