import type { AdmissionRequest, Reviewer, WebhookVerdict } from '@virtkit/admission';
import {
  ApiServerError,
  mutateWithPlugins,
  validateWithPlugins,
  type AdmissionOutcome,
  type AdmissionPlugin,
  type AdmissionRequest as PluginRequest,
  type KubeObject,
} from '@virtkit/apiserver';
import { z } from 'zod';
import { objectPatch } from './object-patch.ts';

/** The plugins that run in process in the embedded control plane, as webhooks of another one. */
export function pluginReviewer(plugins: readonly AdmissionPlugin[]): Reviewer {
  return {
    mutate: (request) =>
      reviewed(async () => {
        const asked = pluginRequest(request);
        const outcome = await mutateWithPlugins(plugins, asked);
        return verdict(outcome, objectPatch(asked.object, outcome.object));
      }),
    validate: (request) =>
      reviewed(async () => verdict(await validateWithPlugins(plugins, pluginRequest(request)), [])),
  };
}

/** An error that a plugin means the client to see is a refusal, as it is in process. */
async function reviewed(review: () => Promise<WebhookVerdict>): Promise<WebhookVerdict> {
  try {
    return await review();
  } catch (error) {
    if (!(error instanceof ApiServerError)) throw error;
    const { code, httpStatus, message, options } = error;
    const { reason = code, causes } = options;
    return {
      allowed: false,
      patch: [],
      warnings: [],
      code: httpStatus,
      reason,
      message,
      ...(causes === undefined ? {} : { causes }),
    };
  }
}

function verdict({ denied, warnings }: AdmissionOutcome, patch: WebhookVerdict['patch']): WebhookVerdict {
  if (denied === undefined) return { allowed: true, patch, warnings };
  const { code, reason, message, causes } = denied;
  return {
    allowed: false,
    patch: [],
    warnings,
    message,
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    ...(causes === undefined ? {} : { causes }),
  };
}

function pluginRequest(request: AdmissionRequest): PluginRequest {
  const { operation, resource, subresource, namespace, name = '', user, dryRun = false } = request;
  const object = objectOf(request.object);
  const oldObject = objectOf(request.oldObject);
  const extra = Object.entries(user.extra ?? {}).flatMap(([key, values]) =>
    values === undefined ? [] : [[key, values] as const],
  );
  return {
    operation,
    resource: { group: resource.group, version: resource.version, resource: resource.plural },
    kind: object?.kind ?? oldObject?.kind ?? '',
    subresource,
    namespace: namespace === '' ? undefined : namespace,
    name,
    user: { name: user.name, groups: user.groups ?? [], extra: Object.fromEntries(extra) },
    dryRun,
    object,
    oldObject,
  };
}

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.record(z.string(), z.unknown()),
});

/** @throws ApiServerError `BadRequest` for what is no object */
function objectOf(value: unknown): KubeObject | undefined {
  if (value === undefined || value === null) return undefined;
  const object = objectSchema.safeParse(value);
  if (object.success) return object.data;
  throw new ApiServerError('BadRequest', 'what is to be reviewed is not an object with a kind and metadata');
}
