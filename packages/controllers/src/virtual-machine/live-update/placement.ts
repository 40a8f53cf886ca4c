import { semanticallyEqual } from '@virtkit/admission';
import {
  VirtualMachineInstanceSpecSchema,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import { failed, live, type LiveUpdateFacts, type TopicVerdict } from './facts.ts';

const { affinity, nodeSelector, tolerations } = VirtualMachineInstanceSpecSchema.shape;

/** The spec with the placement of another. */
function placedAs(
  spec: VirtualMachineInstanceSpec,
  as: VirtualMachineInstanceSpec,
): VirtualMachineInstanceSpec {
  const { affinity: _affinity, nodeSelector: _nodeSelector, tolerations: _tolerations, ...rest } = spec;
  return {
    ...rest,
    ...(as.affinity === undefined ? {} : { affinity: as.affinity }),
    ...(as.nodeSelector === undefined ? {} : { nodeSelector: as.nodeSelector }),
    ...(as.tolerations === undefined ? {} : { tolerations: as.tolerations }),
  };
}

/** The wanted spec with the placement that the instance was started with. */
export function withoutPlacement({ started, wanted }: LiveUpdateFacts): VirtualMachineInstanceSpec {
  return placedAs(wanted, started);
}

/** Whether the placement can be changed now (KubeVirt rule RUNU-8): it counts from the next migration on. */
export function judgePlacement({ instance, wanted, migrating }: LiveUpdateFacts): TopicVerdict {
  if (!migrating) return live;
  const { spec } = instance;
  const sameNodes =
    semanticallyEqual(affinity, spec.affinity, wanted.affinity) &&
    semanticallyEqual(nodeSelector, spec.nodeSelector, wanted.nodeSelector);
  if (!sameNodes) {
    return failed(
      'AffinityChangeError',
      'affinity and node selector cannot change while the instance migrates',
    );
  }
  return semanticallyEqual(tolerations, spec.tolerations, wanted.tolerations)
    ? live
    : failed('TolerationsChangeError', 'tolerations cannot change while the instance migrates');
}

/** The instance with the wanted placement; undefined when it has it already. */
export function replaced(
  instance: VirtualMachineInstance,
  wanted: VirtualMachineInstanceSpec,
): VirtualMachineInstance | undefined {
  const { spec } = instance;
  const same =
    semanticallyEqual(affinity, spec.affinity, wanted.affinity) &&
    semanticallyEqual(nodeSelector, spec.nodeSelector, wanted.nodeSelector) &&
    semanticallyEqual(tolerations, spec.tolerations, wanted.tolerations);
  return same ? undefined : { ...instance, spec: placedAs(spec, wanted) };
}
