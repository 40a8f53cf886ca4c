import { annotations, type Pod } from '@virtkit/core-types';
import { keyFor, type ObjectKey } from '../../runtime/object-key.ts';

/** Index value of the attachment Pods of an instance; an instance of the same name later has others. */
export function attachedTo(instance: ObjectKey, uid: string | undefined): string {
  return `${instance} ${uid ?? ''}`;
}

/** The instance that an attachment Pod says it works for. */
export function instanceOf({ metadata }: Pod): ObjectKey | undefined {
  const name = metadata.annotations?.[annotations.ownerInstanceName];
  return name === undefined ? undefined : keyFor(metadata.namespace, name);
}

/** Index of attachment Pods by {@link attachedTo}. */
export function byInstance(pod: Pod): string[] {
  const key = instanceOf(pod);
  const uid = pod.metadata.annotations?.[annotations.ownerInstanceUID];
  return key === undefined ? [] : [attachedTo(key, uid)];
}
