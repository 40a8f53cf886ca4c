import type { AdmissionRequest } from '../admission/types.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { ApiServerError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { askWebhook } from './ask.ts';
import type { WebhookClient } from './client.ts';
import type { WebhookConfigurations } from './configurations.ts';
import { conditionsHold } from './match-conditions.ts';
import { invocationOf } from './match.ts';
import { admissionTimeout } from './outcome.ts';
import { VersionedObjects } from './versions.ts';

/**
 * Asks all validating webhooks that a request concerns, at the same time.
 * @throws ApiServerError of the first in the order of the configurations that refuses, or that fails and may not be ignored
 */
export async function validateWithWebhooks(
  registry: Pick<Registry, 'store' | 'catalogue'>,
  configurations: WebhookConfigurations,
  client: WebhookClient,
  request: AdmissionRequest,
  { warnings, signal, authorizer }: { warnings: string[]; signal: AbortSignal; authorizer: Authorizer },
): Promise<void> {
  const invocations = configurations.all
    .map(({ webhook }) => invocationOf(registry, webhook, request, request.object))
    .filter((invocation) => invocation !== undefined);
  if (invocations.length === 0) return;
  const versions = new VersionedObjects(registry.catalogue, request);
  const results = await Promise.allSettled(
    invocations.map(async (invocation): Promise<ApiServerError | undefined> => {
      const objects = {
        object: await versions.show(request.object, invocation.target),
        oldObject: await versions.show(request.oldObject, invocation.target),
      };
      if (!(await conditionsHold(invocation, request, objects, authorizer))) return undefined;
      const outcome = await askWebhook(client, invocation, request, objects, { mutating: false, signal });
      if (outcome.kind === 'allowed') warnings.push(...outcome.answer.warnings);
      if (outcome.kind === 'refused') warnings.push(...outcome.warnings);
      if (outcome.kind === 'failed' && invocation.webhook.failurePolicy === 'Ignore') return undefined;
      return outcome.kind === 'allowed' ? undefined : outcome.error;
    }),
  );
  if (signal.aborted) throw admissionTimeout();
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason;
    if (result.value !== undefined) throw result.value;
  }
}
