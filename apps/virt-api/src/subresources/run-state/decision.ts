import type { JsonPatchOperation } from '@virtkit/core-types';

/** What a request to start, stop or restart comes to. */
export type Decision =
  | { readonly kind: 'refused'; readonly code: 'BadRequest' | 'Conflict'; readonly message: string }
  /** Accepted, and there is nothing to do. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'patch';
      /** The spec says what shall be; the status carries requests to the controller. */
      readonly part: 'spec' | 'status';
      readonly operations: readonly JsonPatchOperation[];
      /** Grace period in seconds that the running instance gets first. */
      readonly gracePeriodSeconds?: number;
    };

export const refused = (message: string, code: 'BadRequest' | 'Conflict' = 'Conflict'): Decision => ({
  kind: 'refused',
  code,
  message,
});

export const nothing: Decision = { kind: 'nothing' };
