import {
  newInstanceOf,
  type ClusterConfiguration,
  type NewInstance,
  type ReferencedSpecs,
} from '@virtkit/admission';
import { annotations, type VirtualMachine } from '@virtkit/core-types';
import { ControllerError } from '../runtime/errors.ts';
import { observedApiVersion } from '../launcher-keys.ts';
import { startRevisionName } from './start-revision.ts';
import { pendingRequests } from './state-change-requests.ts';

/**
 * The instance that a start of the machine creates (KubeVirt lifecycle, VMI construction), or why there can be none. The
 * observed-version annotations are set here to save a later write.
 *
 * @throws ControllerError `invalid-object` when the machine has no name or uid
 */
export function buildInstance(
  machine: VirtualMachine,
  configuration: ClusterConfiguration,
  references: ReferencedSpecs = {},
): NewInstance {
  if (machine.metadata.name === undefined || machine.metadata.uid === undefined) {
    throw new ControllerError('invalid-object', 'a VirtualMachine without name or uid cannot start');
  }
  const built = newInstanceOf(withPendingRequests(machine), {
    configuration,
    references,
    revisionName: startRevisionName(machine),
  });
  if (!built.ok) return built;
  const { instance } = built;
  const { metadata } = instance;
  const observed = {
    [annotations.latestObservedApiVersion]: observedApiVersion,
    [annotations.storageObservedApiVersion]: observedApiVersion,
  };
  return {
    ok: true,
    instance: {
      ...instance,
      metadata: { ...metadata, annotations: { ...metadata.annotations, ...observed } },
    },
  };
}

/** Requests that are carried out must not hide the one that asks for this start. */
function withPendingRequests(machine: VirtualMachine): VirtualMachine {
  const stateChangeRequests = [...pendingRequests(machine, undefined)];
  return { ...machine, status: { ...machine.status, stateChangeRequests } };
}
