import { listedAccess } from './access/listed.ts';
import type { ListedDifference } from './listed.ts';
import { listedDifferences } from './listed-differences.ts';

/** What stays different, by the sections of docs/embedded-api-server.md. */
export const listedSections: Readonly<Record<string, readonly ListedDifference[]>> = {
  'Requests for objects': listedDifferences,
  'Who may do what, webhooks, policies and other servers': listedAccess,
};

/** What stays different, of all sections. */
export const allListedDifferences = Object.values(listedSections).flat();
