import type { Pod } from '@virtkit/core-types';

/** Names of the claims that a Pod's volumes name, each once. */
export function claimNamesOf({ spec }: Pod): string[] {
  const names = (spec.volumes ?? []).map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/**
 * The Pod among `pods` that keeps a claim from being deleted, if there is one: it was placed on a node and has not
 * ended. A Pod that waits for a node is not held back from: it cannot start without its claim anyway.
 */
export function userOfClaim(
  claim: { readonly namespace: string; readonly name: string },
  pods: readonly Pod[],
): Pod | undefined {
  return pods.find(
    (pod) =>
      pod.metadata.namespace === claim.namespace &&
      (pod.spec.nodeName ?? '') !== '' &&
      pod.status?.phase !== 'Succeeded' &&
      pod.status?.phase !== 'Failed' &&
      claimNamesOf(pod).includes(claim.name),
  );
}
