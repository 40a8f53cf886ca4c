import type { JsonPatchOperation } from '@virtkit/core-types';

/** What a request to start, stop or restart comes to. */
export type Decision =
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string }
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

/** `InternalError` is what KubeVirt answers when requests wait already. */
type RefusalCode = 'BadRequest' | 'Conflict' | 'InternalError';

export const refused = (message: string, code: RefusalCode = 'Conflict'): Decision => ({
  kind: 'refused',
  code,
  message,
});

export const nothing: Decision = { kind: 'nothing' };
