// Virtkit: what a node agent may change of instances: those of its own node only, and nothing that decides what they are or
// where they run. KubeVirt's node agents may change every instance of the cluster.
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../kinds/policies.ts';
import { nodeAgentPolicy } from './node-agent.ts';

/** The policy of instances, and what puts it in force. */
export function instanceRestriction(
  namespace: string,
): [ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding] {
  return nodeAgentPolicy({
    name: 'virtkit-instance-restriction',
    namespace,
    apiGroup: 'kubevirt.io',
    resources: ['virtualmachineinstances'],
    variables: [
      {
        name: 'runsHere',
        expression: `has(oldObject.status) && has(oldObject.status.nodeName)
              && oldObject.status.nodeName == variables.ownNode`,
      },
      {
        name: 'comesHere',
        expression: `has(oldObject.status) && has(oldObject.status.migrationState)
              && has(oldObject.status.migrationState.targetNode)
              && oldObject.status.migrationState.targetNode == variables.ownNode`,
      },
    ],
    validations: [
      {
        expression: "variables.ownNode != '' && (variables.runsHere || variables.comesHere)",
        message: 'this user cannot modify instances of other nodes',
      },
      {
        expression: 'object.spec == oldObject.spec',
        message: 'this user cannot modify spec of instances',
      },
      {
        expression: `object.metadata.?ownerReferences == oldObject.metadata.?ownerReferences`,
        message: 'this user cannot modify owners of instances',
      },
    ],
  });
}
