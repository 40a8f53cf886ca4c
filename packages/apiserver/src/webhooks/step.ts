import type { AdmissionRequest, AdmissionStep } from '../admission/types.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Registry } from '../registry/registry.ts';
import type { WebhookClient } from './client.ts';
import { WebhookConfigurations } from './configurations.ts';
import { ADMISSION_GROUP, MUTATING_STORAGE, VALIDATING_STORAGE } from './kinds.ts';
import { MutatingWebhooks } from './mutating.ts';
import { validateWithWebhooks } from './validating.ts';

/** Time that all webhooks of one phase have together. */
const PHASE_LIMIT_MS = 34_000;

/** Admission by the webhooks that are configured in the store. */
export class WebhookAdmission implements AdmissionStep, Disposable {
  readonly #registry: Pick<Registry, 'store' | 'catalogue'>;
  readonly #client: WebhookClient;
  readonly #authorizer: Authorizer;
  readonly #validating: WebhookConfigurations;
  readonly #mutatingConfigurations: WebhookConfigurations;
  readonly #mutating: MutatingWebhooks;

  /** @param authorizer is asked by conditions that ask what users may do. */
  constructor(
    registry: Pick<Registry, 'store' | 'catalogue'>,
    client: WebhookClient,
    authorizer: Authorizer,
  ) {
    this.#registry = registry;
    this.#client = client;
    this.#authorizer = authorizer;
    this.#mutatingConfigurations = new WebhookConfigurations(registry.store, MUTATING_STORAGE);
    this.#validating = new WebhookConfigurations(registry.store, VALIDATING_STORAGE);
    this.#mutating = new MutatingWebhooks(registry, this.#mutatingConfigurations, client, authorizer);
  }

  async mutate(...[request, object, warnings, again]: Parameters<NonNullable<AdmissionStep['mutate']>>) {
    if (isExempt(request) || this.#mutatingConfigurations.all.length === 0) return object;
    return this.#mutating.mutate(object, {
      request,
      warnings,
      again,
      signal: AbortSignal.timeout(PHASE_LIMIT_MS),
    });
  }

  async validate(request: AdmissionRequest, warnings: string[]): Promise<void> {
    if (isExempt(request) || this.#validating.all.length === 0) return;
    const signal = AbortSignal.timeout(PHASE_LIMIT_MS);
    await validateWithWebhooks(this.#registry, this.#validating, this.#client, request, {
      warnings,
      signal,
      authorizer: this.#authorizer,
    });
  }

  [Symbol.dispose](): void {
    this.#mutatingConfigurations.close();
    this.#validating.close();
  }
}

/** What configures admission is not subject to it, so that a webhook which refuses everything can be removed. */
function isExempt({ resource }: AdmissionRequest): boolean {
  return resource.group === ADMISSION_GROUP;
}
