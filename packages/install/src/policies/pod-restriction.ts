// Virtkit: what a node agent may change of Pods: whether a guest's readiness probe succeeds, of the launchers of its own node.
import { labels, podConditions } from '@virtkit/core-types';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../kinds/policies.ts';
import { nodeAgentPolicy } from './node-agent.ts';

const others = (object: 'object' | 'oldObject'): string =>
  `${object}.status.?conditions.orValue([]).filter(one, one.type != '${podConditions.guestReady}')`;

/** Parts of a Pod's status that are the kubelet's alone. */
const kubeletsOwn = ['phase', 'podIP', 'podIPs', 'containerStatuses', 'initContainerStatuses'];

/** The policy of Pods, and what puts it in force. */
export function podRestriction(
  namespace: string,
): [ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding] {
  return nodeAgentPolicy({
    name: 'virtkit-pod-restriction',
    namespace,
    apiGroup: '',
    resources: ['pods', 'pods/status'],
    validations: [
      {
        expression: `variables.ownNode != '' && oldObject.spec.?nodeName.orValue('') == variables.ownNode
              && oldObject.metadata.?labels['${labels.app}'].orValue('') == 'virt-launcher'`,
        message: 'this user can only modify launchers of its own node',
      },
      {
        expression: `object.spec == oldObject.spec
              && object.metadata.?labels == oldObject.metadata.?labels
              && object.metadata.?annotations == oldObject.metadata.?annotations
              && object.metadata.?ownerReferences == oldObject.metadata.?ownerReferences
              && object.metadata.?finalizers == oldObject.metadata.?finalizers`,
        message: 'this user cannot modify pods beyond their status',
      },
      {
        expression: [
          `${others('object')} == ${others('oldObject')}`,
          ...kubeletsOwn.map((part) => `object.status.?${part} == oldObject.status.?${part}`),
        ].join('\n              && '),
        message: `this user can only modify the condition ${podConditions.guestReady} of pods`,
      },
    ],
  });
}
