// What a node agent may change of nodes: its own only, and of that only what is KubeVirt's (KubeVirt operator facts, section 7).
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../kinds/policies.ts';
import { nodeAgentPolicy } from './node-agent.ts';

/** Keys of labels and annotations that are KubeVirt's own. */
const isOwn = "(key.contains('kubevirt.io') || key.contains('virtkit.dev') || key == 'cpumanager')";
const side = (object: 'object' | 'oldObject', member: 'labels' | 'annotations'): string =>
  `has(${object}.metadata.${member}) ? ${object}.metadata.${member} : {}`;

/** The policy of nodes, and what puts it in force. */
export function nodeRestriction(
  namespace: string,
): [ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding] {
  const kept = (member: 'Labels' | 'Annotations') => [
    {
      expression: `variables.new${member}.all(key, ${isOwn} || key in variables.old${member})
        && variables.old${member}.all(key, ${isOwn} || key in variables.new${member})`,
      message: `this user cannot add or delete ${member.toLowerCase()} of nodes that are not kubevirt-owned`,
    },
    {
      expression: `variables.new${member}.all(key, ${isOwn} || !(key in variables.old${member})
        || variables.new${member}[key] == variables.old${member}[key])`,
      message: `this user cannot update ${member.toLowerCase()} of nodes that are not kubevirt-owned`,
    },
  ];
  return nodeAgentPolicy({
    name: 'kubevirt-node-restriction',
    namespace,
    apiGroup: '',
    resources: ['nodes'],
    variables: [
      { name: 'newLabels', expression: side('object', 'labels') },
      { name: 'oldLabels', expression: side('oldObject', 'labels') },
      { name: 'newAnnotations', expression: side('object', 'annotations') },
      { name: 'oldAnnotations', expression: side('oldObject', 'annotations') },
    ],
    validations: [
      {
        expression: 'object.metadata.name == variables.ownNode',
        message: 'this user cannot modify this node',
      },
      {
        expression: 'object.spec == oldObject.spec',
        message: 'this user cannot modify spec of node',
      },
      {
        expression: `object.metadata.?finalizers == oldObject.metadata.?finalizers
              && object.metadata.?ownerReferences == oldObject.metadata.?ownerReferences`,
        message: 'this user can only change allowed metadata fields of nodes',
      },
      ...kept('Labels'),
      ...kept('Annotations'),
    ],
  });
}
