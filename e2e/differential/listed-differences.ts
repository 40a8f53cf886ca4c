import type { ListedDifference } from './listed.ts';

/** Everything in which the embedded API server is known to differ. docs/embedded-api-server.md is checked against it. */
export const listedDifferences: readonly ListedDifference[] = [];
