import type { KubernetesObject } from '@virtkit/core-types';
import { withAuthorityBundle, type APIService, type WebhookConfiguration } from '@virtkit/install';
import type { Observation } from '../observe/observation.ts';
import { isAsDesired } from '../rollout/difference.ts';

/**
 * The registrations of webhooks and APIs that are stored with other authorities than these (PEM), as they are to be applied;
 * everything else of them stays. Those that are on their way out are left alone.
 */
export function registrationsTrusting(
  managed: Observation['managed'],
  bundle: string,
): (WebhookConfiguration | APIService)[] {
  return [...managed.values()]
    .filter(isRegistration)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((stored) => ({ stored, wanted: withAuthorityBundle(stored, bundle) }))
    .filter(({ stored, wanted }) => !isAsDesired(stored, wanted))
    .map(({ wanted }) => applicable(wanted));
}

const kinds: readonly (string | undefined)[] = [
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
];

function isRegistration(object: KubernetesObject): object is WebhookConfiguration | APIService {
  return kinds.includes(object.kind);
}

/** Without what only the API server writes. */
function applicable<T extends WebhookConfiguration | APIService>(object: T): T {
  const { name, labels, annotations } = object.metadata;
  const applied = { ...object, metadata: { name, labels, annotations } };
  if ('status' in applied) delete applied.status;
  return applied;
}
