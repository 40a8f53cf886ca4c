import type { ReferenceRevision } from '@virtkit/admission';
import { jsonEqual } from '@virtkit/core-types';
import type { ControllerRevision } from '../kinds.ts';
import { ControllerError, errorCode } from '../runtime/errors.ts';
import type { ObjectClient } from '../runtime/object-client.ts';

/**
 * Stores a copy of an instance type or preference. One that is there already will do when it has the same spec.
 * @returns the new revision, or undefined when there was one
 * @throws ControllerError `invalid-object` when a revision of this name keeps another spec; the client's error
 */
export async function storeRevision(
  client: ObjectClient<ControllerRevision>,
  revision: ReferenceRevision,
  { signal }: { signal?: AbortSignal },
): Promise<ControllerRevision | undefined> {
  const { name = '', namespace } = revision.metadata;
  const object: ControllerRevision = { ...revision, data: dataOf(revision) };
  try {
    return await client.create(object, { namespace, signal });
  } catch (error) {
    if (errorCode(error) !== 'already-exists') throw error;
  }
  const existing = await client.get(name, { namespace, signal });
  if (jsonEqual(dataOf(existing).spec, object.data?.spec)) return undefined;
  throw new ControllerError('invalid-object', `ControllerRevision ${name} keeps another spec than it should`);
}

function dataOf({ data }: { readonly data?: unknown }): NonNullable<ControllerRevision['data']> {
  return data ?? {};
}
