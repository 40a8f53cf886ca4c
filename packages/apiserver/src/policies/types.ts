import type { KubeObject } from '../object/types.ts';
import type { WebhookRule } from '../webhooks/types.ts';

/** Requests that a policy, or one of its bindings, is about. */
export interface MatchResources {
  namespaceSelector?: object;
  objectSelector?: object;
  resourceRules?: readonly NamedRule[];
  excludeResourceRules?: readonly NamedRule[];
  matchPolicy?: 'Exact' | 'Equivalent';
}

/** A rule that may be limited to objects of some names. */
export interface NamedRule extends WebhookRule {
  resourceNames?: readonly string[];
}

/** A CEL expression that has a name. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

/** A condition, and what is told where it does not hold. */
export interface PolicyValidation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

/** A ValidatingAdmissionPolicy with its defaults filled in. */
export interface Policy extends KubeObject {
  spec: {
    paramKind?: { apiVersion: string; kind: string };
    matchConstraints: MatchResources;
    matchConditions?: readonly NamedExpression[];
    variables?: readonly NamedExpression[];
    validations?: readonly PolicyValidation[];
    auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[];
    failurePolicy: 'Fail' | 'Ignore';
  };
}

/** A ValidatingAdmissionPolicyBinding with its defaults filled in. */
export interface Binding extends KubeObject {
  spec: {
    policyName: string;
    paramRef?: {
      name?: string;
      namespace?: string;
      selector?: object;
      parameterNotFoundAction?: 'Allow' | 'Deny';
    };
    matchResources?: MatchResources;
    validationActions: readonly ('Deny' | 'Warn' | 'Audit')[];
  };
}
