import { elementsOf } from '../object/json.ts';
import type { Store } from '../storage/store.ts';
import type { AdmissionWebhook } from './types.ts';

/** One webhook and where it is configured. */
export interface ConfiguredWebhook {
  readonly webhook: AdmissionWebhook;
  readonly configuration: string;
  /** Distinguishes it from all others. */
  readonly id: string;
}

/**
 * The webhooks that are configured at present, in the order in which they are called: by the name of the configuration,
 * then as they stand in it.
 */
export class WebhookConfigurations {
  readonly #store: Store;
  readonly #storage: string;
  readonly #stop: () => void;
  #webhooks: readonly ConfiguredWebhook[];

  constructor(store: Store, storage: string) {
    this.#store = store;
    this.#storage = storage;
    this.#webhooks = this.#read();
    this.#stop = store.onCommit((events) => {
      if (events.some((event) => event.resource === storage)) this.#webhooks = this.#read();
    });
  }

  get all(): readonly ConfiguredWebhook[] {
    return this.#webhooks;
  }

  close(): void {
    this.#stop();
  }

  #read(): ConfiguredWebhook[] {
    return this.#store
      .list(this.#storage)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ name, object }) =>
        // Their shape and defaults were seen to when they were written.
        elementsOf(object.webhooks).map((each, index) => {
          const webhook = each as AdmissionWebhook;
          return { webhook, configuration: name, id: `${name}/${webhook.name}/${index}` };
        }),
      );
  }
}
