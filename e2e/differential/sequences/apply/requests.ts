import type { RequestStep } from '../../sequence.ts';

type More = Omit<RequestStep, 'method' | 'path' | 'body'>;

export const applyType = 'application/apply-patch+yaml';

/** A server-side apply. @param query what else than the manager stands in the query, starting with `&`. */
export const apply = (
  path: string,
  body: unknown,
  manager: string,
  query = '',
  more: More = {},
): RequestStep => ({
  method: 'PATCH',
  path: `${path}?fieldManager=${manager}${query}`,
  body,
  type: applyType,
  ...more,
});

/** A path with a manager for writes that are not an apply. */
export const as = (manager: string, path: string): string => `${path}?fieldManager=${manager}`;
