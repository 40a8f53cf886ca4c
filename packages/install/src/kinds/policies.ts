import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import type { OperationRule } from './registration.ts';

/** Kubernetes API: a value in CEL that conditions may use as `variables.name`. */
export interface PolicyVariable {
  readonly name: string;
  readonly expression: string;
}

/** Kubernetes API: a condition in CEL and what is told when it does not hold. */
export interface PolicyValidation {
  readonly expression: string;
  readonly message: string;
  readonly reason: 'Forbidden' | 'Invalid';
}

/** Kubernetes API: admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy. */
export interface ValidatingAdmissionPolicy extends KubernetesObject {
  spec: {
    failurePolicy: 'Fail' | 'Ignore';
    matchConstraints: { resourceRules: readonly OperationRule[] };
    matchConditions: readonly { readonly name: string; readonly expression: string }[];
    variables: readonly PolicyVariable[];
    validations: readonly PolicyValidation[];
  };
  status?: { typeChecking?: { expressionWarnings?: { fieldRef: string; warning: string }[] } } | undefined;
}

/** Kubernetes API: admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding. */
export interface ValidatingAdmissionPolicyBinding extends KubernetesObject {
  spec: { policyName: string; validationActions: readonly ('Deny' | 'Warn' | 'Audit')[] };
}

const admission = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false } as const;

/** Of the whole cluster, admissionregistration.k8s.io/v1. */
export const validatingAdmissionPolicies: ResourceDefinition<ValidatingAdmissionPolicy> = {
  ...admission,
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
};

/** Of the whole cluster, admissionregistration.k8s.io/v1. */
export const validatingAdmissionPolicyBindings: ResourceDefinition<ValidatingAdmissionPolicyBinding> = {
  ...admission,
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
};
