// Admission of requests: what is filled in, and what is refused.
export { admit, isAdmitted, mutateRequest, validateRequest, type AdmissionTarget } from './admit.ts';
export { offlineContext, type AdmissionContext } from './context.ts';
export { offlineLookups, type AdmissionLookups } from './lookups.ts';
export type { AdmissionOperation, AdmissionRequest, AdmissionResult } from './request.ts';
export {
  answerReview,
  answerWebhook,
  type Reviewer,
  type WebhookAnswer,
  type WebhookCall,
  type WebhookVerdict,
} from './review.ts';
export { webhooks, wrappedMessage, type Webhook } from './webhooks.ts';
