import type { VirtualMachineInstance, VirtualMachineInstanceReplicaSet } from '@virtkit/core-types';
import { instanceType, replicaSetType } from '../kinds.ts';
import { ControllerError } from '../runtime/errors.ts';
import { controllerReference } from '../runtime/object-key.ts';

/**
 * An instance of the replica set (KubeVirt lifecycle, replica sets): the template, under a name that the server completes.
 *
 * @throws ControllerError `invalid-object` when the replica set has no uid or its template no spec
 */
export function buildReplica(replicaSet: VirtualMachineInstanceReplicaSet): VirtualMachineInstance {
  const { metadata, spec } = replicaSet;
  const { template } = spec;
  if (template.spec === undefined)
    throw new ControllerError(
      'invalid-object',
      'a replica set whose template has no spec makes no instances',
    );
  const { name, generateName, labels, annotations } = template.metadata ?? {};
  return {
    ...instanceType,
    metadata: {
      generateName: name || generateName || metadata.name,
      namespace: metadata.namespace,
      labels,
      annotations,
      ownerReferences: [controllerReference(replicaSet, replicaSetType)],
    },
    spec: template.spec,
  };
}
