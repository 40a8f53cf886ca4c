import type { AdmissionRequest, AdmissionStep } from '../admission/types.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Registry } from '../registry/registry.ts';
import type { Store } from '../storage/store.ts';
import { ADMISSION_GROUP } from '../webhooks/kinds.ts';
import { accessOf } from './access.ts';
import { BINDING_STORAGE, POLICY_STORAGE } from './kinds.ts';
import type { Binding, Policy } from './types.ts';

/** A policy and what puts it in force. */
export interface PolicyInForce {
  readonly policy: Policy;
  readonly bindings: readonly Binding[];
}

/** Admission by the ValidatingAdmissionPolicies in the store. CEL is loaded when one is in force. */
export class PolicyAdmission implements AdmissionStep, Disposable {
  readonly #registry: Pick<Registry, 'store' | 'catalogue'>;
  readonly #authorizer: Authorizer;
  readonly #stop: () => void;
  #policies: readonly PolicyInForce[];

  /** @param authorizer is asked by expressions that ask what users may do. */
  constructor(registry: Pick<Registry, 'store' | 'catalogue'>, authorizer: Authorizer) {
    this.#registry = registry;
    this.#authorizer = authorizer;
    this.#policies = policiesInForce(registry.store);
    this.#stop = registry.store.onCommit((events) => {
      if (events.some(({ resource }) => resource === POLICY_STORAGE || resource === BINDING_STORAGE))
        this.#policies = policiesInForce(registry.store);
    });
  }

  async validate(request: AdmissionRequest, warnings: string[]): Promise<void> {
    // What configures admission is not subject to it, so that a policy which refuses everything can be removed.
    if (this.#policies.length === 0 || request.resource.group === ADMISSION_GROUP) return;
    const { applyPolicies } = await import('./apply.ts');
    await applyPolicies(
      this.#registry,
      this.#policies,
      request,
      accessOf(this.#authorizer, request.user),
      warnings,
    );
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

function policiesInForce(store: Store): PolicyInForce[] {
  // Their shape and defaults were seen to when they were written.
  const bindings = store.list(BINDING_STORAGE).map(({ object }) => object as Binding);
  return store
    .list(POLICY_STORAGE)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, object }) => ({
      policy: object as Policy,
      bindings: bindings.filter(({ spec }) => spec.policyName === name),
    }))
    .filter((policy) => policy.bindings.length > 0);
}
