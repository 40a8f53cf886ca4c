import type { AdmissionRequest } from '../admission/types.ts';
import type { ApiServerError } from '../errors.ts';
import type { WebhookClient } from './client.ts';
import type { Invocation } from './match.ts';
import { failedCall, noDryRun, refusal } from './outcome.ts';
import {
  admissionReview,
  readAnswer,
  reviewVersion,
  type ReviewAnswer,
  type ReviewedObjects,
} from './review.ts';

/** How asking a webhook ended. */
export type AskOutcome =
  | { readonly kind: 'allowed'; readonly answer: ReviewAnswer }
  | { readonly kind: 'refused'; readonly error: ApiServerError; readonly warnings: readonly string[] }
  /** The webhook could not be asked or its answer is of no use: what that means is for its failurePolicy to say. */
  | { readonly kind: 'failed'; readonly error: ApiServerError };

/** Asks one webhook about one request. @throws ApiServerError `BadRequest` for a dry run that it does not support */
export async function askWebhook(
  client: WebhookClient,
  invocation: Invocation,
  request: AdmissionRequest,
  objects: ReviewedObjects,
  { mutating, signal }: { mutating: boolean; signal: AbortSignal },
): Promise<AskOutcome> {
  const { webhook } = invocation;
  if (request.dryRun && !['None', 'NoneOnDryRun'].includes(webhook.sideEffects)) throw noDryRun(webhook);
  const version = reviewVersion(webhook);
  const failed = (why: string, cause?: unknown): AskOutcome => ({
    kind: 'failed',
    error: failedCall(webhook, why, cause),
  });
  if (version === undefined)
    return failed(
      'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)',
    );
  const uid = crypto.randomUUID();
  let raw: unknown;
  try {
    raw = await client.post({
      config: webhook.clientConfig,
      body: admissionReview(version, uid, request, invocation, objects),
      timeoutSeconds: webhook.timeoutSeconds,
      signal,
    });
  } catch (error) {
    return failed(`failed to call webhook: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  let answer: ReviewAnswer;
  try {
    answer = readAnswer(version, uid, mutating, raw);
  } catch (error) {
    return failed(
      `received invalid webhook response: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
  if (answer.allowed) return { kind: 'allowed', answer };
  return { kind: 'refused', error: refusal(webhook, answer.result), warnings: answer.warnings };
}
