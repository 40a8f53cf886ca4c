import type { Sequence } from '../sequence.ts';
import { answerSequences, connectionSequences } from './answers.ts';
import { configurationSequences } from './configuration.ts';
import { equivalentSequences } from './equivalent.ts';
import { requestSequences } from './requests.ts';
import { dryRunSequences, orderSequences, selectionSequences } from './selection.ts';

/** Everything about admission webhooks, by topic. */
export const webhookSequences: Readonly<Record<string, readonly Sequence[]>> = {
  'what webhooks answer': answerSequences,
  'how webhooks are reached': connectionSequences,
  'what webhooks are told': requestSequences,
  'what webhooks are asked about': [...selectionSequences, ...equivalentSequences, ...dryRunSequences],
  'webhooks one after the other': orderSequences,
  'configurations of webhooks': configurationSequences,
};
