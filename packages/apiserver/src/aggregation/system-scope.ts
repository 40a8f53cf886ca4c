import type { RequestScope } from '../registry/registry.ts';

/** Writes of the server itself. */
export const SYSTEM_SCOPE: Omit<RequestScope, 'warnings'> = {
  user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
  dryRun: false,
  fieldValidation: 'Ignore',
  fieldManager: 'kube-apiserver',
};
