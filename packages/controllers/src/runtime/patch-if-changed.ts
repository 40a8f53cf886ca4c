import { diffMergePatch, type KubernetesObject } from '@virtkit/core-types';
import { ControllerError } from './errors.ts';
import type { ObjectClient } from './object-client.ts';

/**
 * Writes what differs between `observed` and `desired` as one merge patch, and nothing when they are equal. The patch
 * names the version that was observed, so it fails with `conflict` when somebody wrote in between.
 *
 * With `subresource: 'status'` only the status is compared and written; otherwise the whole object.
 * @returns the object after the write, or undefined when nothing was to be written.
 * @throws ControllerError `invalid-object` without a name or version; the client's error when the patch fails
 */
export async function patchIfChanged<T extends KubernetesObject & { status?: unknown }>(
  client: Pick<ObjectClient<T>, 'patch'>,
  observed: T,
  desired: T,
  options: { subresource?: 'status'; signal?: AbortSignal } = {},
): Promise<T | undefined> {
  const body = mergePatch(observed, desired, options.subresource);
  if (body === undefined) return undefined;
  const { name, namespace } = observed.metadata;
  if (name === undefined)
    throw new ControllerError('invalid-object', 'an object without name cannot be patched');
  return client.patch(name, { type: 'merge', body }, { namespace, ...options });
}

/**
 * The merge patch from `observed` to `desired` with the observed version in it; undefined when they are equal.
 * @throws ControllerError `invalid-object` when they differ and `observed` has no version
 */
export function mergePatch(
  observed: KubernetesObject & { status?: unknown },
  desired: KubernetesObject & { status?: unknown },
  subresource?: 'status',
): object | undefined {
  const difference =
    subresource === 'status'
      ? diffMergePatch({ status: observed.status ?? undefined }, { status: desired.status ?? undefined })
      : diffMergePatch(observed, desired);
  if (typeof difference !== 'object' || difference === null) return undefined;
  const { resourceVersion } = observed.metadata;
  if (resourceVersion === undefined) {
    throw new ControllerError('invalid-object', 'an object without version cannot be patched safely');
  }
  const metadata = 'metadata' in difference ? (difference.metadata as object) : {};
  return { ...difference, metadata: { ...metadata, resourceVersion } };
}
