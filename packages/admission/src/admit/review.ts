import * as z from 'zod';
import { mutateRequest, validateRequest } from './admit.ts';
import type { AdmissionContext } from './context.ts';
import type { AdmissionRequest, AdmissionResult } from './request.ts';
import { webhooks } from './webhooks.ts';

/** What the API server sends to a webhook. */
export interface WebhookCall {
  readonly path: string;
  /** Of the request. */
  readonly contentType: string | undefined;
  readonly body: string;
}

/** What it is answered, as HTTP. */
export interface WebhookAnswer {
  readonly status: number;
  readonly contentType: 'application/json' | 'text/plain';
  readonly body: string;
}

const mutatingVersion = 'admission.k8s.io/v1';

const ResourceSchema = z.looseObject({ group: z.string(), version: z.string(), resource: z.string() });

/** `admission.k8s.io` AdmissionReview, as far as it is read. */
const ReviewSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('AdmissionReview'),
  request: z.looseObject({
    uid: z.string(),
    resource: ResourceSchema,
    subResource: z.string().optional(),
    namespace: z.string().optional(),
    name: z.string().optional(),
    operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
    userInfo: z.looseObject({
      username: z.string().default(''),
      groups: z.array(z.string()).default([]),
      extra: z.record(z.string(), z.array(z.string())).default({}),
    }),
    object: z.unknown(),
    oldObject: z.unknown(),
    dryRun: z.boolean().optional(),
  }),
});
type Review = z.output<typeof ReviewSchema>;

/** What a webhook says of a request: an `AdmissionResult`, or one of more than KubeVirt's own admission. */
export interface WebhookVerdict extends Pick<
  AdmissionResult,
  'allowed' | 'patch' | 'code' | 'reason' | 'message' | 'warnings'
> {
  readonly causes?: readonly {
    readonly reason?: string;
    readonly field?: string;
    readonly message: string;
  }[];
}

/** Who judges, in the two phases of webhooks. */
export interface Reviewer {
  /** Fills in what the object leaves out, or refuses it. */
  mutate(request: AdmissionRequest): Promise<WebhookVerdict>;
  /** Judges what is complete. */
  validate(request: AdmissionRequest): Promise<WebhookVerdict>;
}

/** Answers a call of one of KubeVirt's webhooks with `admit`'s halves; see `answerReview`. */
export async function answerWebhook(call: WebhookCall, context: AdmissionContext): Promise<WebhookAnswer> {
  return answerReview(call, {
    mutate: (request) => mutateRequest(request, context),
    validate: (request) => validateRequest(request, context),
  });
}

/**
 * Answers a call of one of KubeVirt's webhooks (KubeVirt rule GEN-08): HTTP 404 for a path that there is none at, 400 for what
 * is no AdmissionReview in JSON, else 200 and a review with a response. Who judges is the caller's matter.
 *
 * @throws what the reviewer throws
 */
export async function answerReview(call: WebhookCall, reviewer: Reviewer): Promise<WebhookAnswer> {
  const webhook = webhooks.find(({ path }) => path === call.path);
  if (webhook === undefined) return plainAnswer(404, `there is no webhook at ${call.path}`);
  if (call.contentType !== 'application/json')
    return plainAnswer(400, 'the content type must be application/json');
  const review = reviewOf(call.body);
  if (review === undefined) return plainAnswer(400, 'the body is not an AdmissionReview');
  const mutating = webhook.phase === 'mutating';
  const request = requestOf(review);
  const result = await (mutating ? reviewer.mutate(request) : reviewer.validate(request));
  return {
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({
      apiVersion: mutating ? mutatingVersion : review.apiVersion,
      kind: 'AdmissionReview',
      response: responseOf(review.request.uid, result),
    }),
  };
}

function reviewOf(body: string): Review | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const review = ReviewSchema.safeParse(json);
  return review.success ? review.data : undefined;
}

function requestOf({ request }: Review): AdmissionRequest {
  const { resource, subResource, userInfo, operation, namespace, name, dryRun } = request;
  return {
    operation,
    resource: { group: resource.group, version: resource.version, plural: resource.resource },
    subresource: subResource,
    namespace,
    name,
    object: request.object ?? undefined,
    oldObject: request.oldObject ?? undefined,
    user: { name: userInfo.username, groups: userInfo.groups, extra: userInfo.extra },
    dryRun,
  };
}

function responseOf(uid: string, result: WebhookVerdict): object {
  const { allowed, patch, warnings, code, reason, message, causes } = result;
  return {
    uid,
    allowed,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(patch.length === 0 ? {} : { patchType: 'JSONPatch', patch: base64(JSON.stringify(patch)) }),
    ...(allowed
      ? {}
      : {
          status: {
            message,
            ...(code === undefined ? {} : { code }),
            ...(reason === undefined ? {} : { reason }),
            ...(causes === undefined ? {} : { details: { causes } }),
          },
        }),
  };
}

/** Bytes in JSON are base64; this works in browsers, too. */
function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function plainAnswer(status: number, body: string): WebhookAnswer {
  return { status, contentType: 'text/plain', body };
}
