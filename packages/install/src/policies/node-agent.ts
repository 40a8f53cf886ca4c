import { labels } from '@virtkit/core-types';
import { accounts } from '../components.ts';
import type {
  PolicyValidation,
  PolicyVariable,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../kinds/policies.ts';

/** Kubernetes: what the token of a Pod's service account says of the Pod's node. */
const nodeNameKey = 'authentication.kubernetes.io/node-name';

/** The node that the requesting node agent runs on; empty for a token that is bound to no Pod, which no node is called. */
const ownNode: PolicyVariable = {
  name: 'ownNode',
  expression: `has(request.userInfo.extra) && '${nodeNameKey}' in request.userInfo.extra
    && size(request.userInfo.extra['${nodeNameKey}']) == 1 ? request.userInfo.extra['${nodeNameKey}'][0] : ''`,
};

/** What the node agents may change of some resources. */
export interface NodeAgentPolicy {
  /** Of the policy and, with `-policy` and `-binding` behind it, of the two objects. */
  readonly name: string;
  /** Namespace of the installation. */
  readonly namespace: string;
  readonly apiGroup: string;
  /** Plural names, with the subresource after a slash. */
  readonly resources: readonly string[];
  /** Beside `ownNode`, the name of the requesting node agent's node, or empty. */
  readonly variables?: readonly PolicyVariable[];
  /** What must hold of an update, and what a node agent is told where it does not. */
  readonly validations: readonly Pick<PolicyValidation, 'expression' | 'message'>[];
}

/** A policy for the updates of the node agents, and of nobody else; and what puts it in force: what it refuses is denied. */
export function nodeAgentPolicy({
  name,
  namespace,
  apiGroup,
  resources,
  variables = [],
  validations,
}: NodeAgentPolicy): [ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding] {
  const policyName = `${name}-policy`;
  const bindingName = `${name}-binding`;
  const user = `system:serviceaccount:${namespace}:${accounts.handler}`;
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: policyName, labels: { [labels.app]: policyName } },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [{ apiGroups: [apiGroup], apiVersions: ['*'], resources, operations: ['UPDATE'] }],
        },
        matchConditions: [{ name: 'by-node-agent', expression: `request.userInfo.username == "${user}"` }],
        variables: [ownNode, ...variables],
        validations: validations.map((validation) => ({ ...validation, reason: 'Forbidden' })),
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: bindingName, labels: { [labels.app]: bindingName } },
      spec: { policyName, validationActions: ['Deny'] },
    },
  ];
}
