import type { ListedDifference } from './listed.ts';

/** Everything in which the embedded API server is known to differ. docs/embedded-api-server.md is checked against it. */
export const listedDifferences: readonly ListedDifference[] = [
  {
    id: 'managed-fields',
    what: 'Objects have no metadata.managedFields.',
    why: 'Server-side apply is not there yet.',
    where: { path: /\.managedFields$/, ours: 'absent' },
  },
];
