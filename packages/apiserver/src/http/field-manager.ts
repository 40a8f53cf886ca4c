import type { IncomingMessage } from 'node:http';
import { isPrintable, managerNameCauses, MAX_MANAGER_LENGTH } from '../apply/managers.ts';
import { invalid, type StatusCause } from '../errors.ts';
import type { RequestInfo } from './request-info.ts';

const OPTIONS: Partial<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
};

/**
 * In whose name a request writes: what `fieldManager` says, else the name of the client's program.
 * @throws ApiServerError `Invalid`
 */
export function fieldManagerOf({ headers }: IncomingMessage, { verb, query }: RequestInfo): string {
  const named = query.get('fieldManager') ?? '';
  const options = OPTIONS[verb];
  if (options !== undefined) refuseInvalid(options, managerNameCauses(named, 'fieldManager'));
  return named === '' ? programName(headers['user-agent'] ?? '') : named;
}

function refuseInvalid(kind: string, causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', resource: kind, kind }, '', causes);
}

/** What stands before the version in a User-Agent, as far as it can be printed and is short enough. */
function programName(userAgent: string): string {
  const [program = ''] = userAgent.split('/');
  let name = '';
  for (const character of program) {
    if (!isPrintable(character)) continue;
    if (Buffer.byteLength(name) + Buffer.byteLength(character) > MAX_MANAGER_LENGTH) break;
    name += character;
  }
  return name;
}

/**
 * Whether an apply takes fields from others. A manager must be named for it, and only for it can it be said.
 * @throws ApiServerError `Invalid`
 */
export function forceParameter({ query }: RequestInfo, isApply: boolean): boolean {
  const given = query.get('force');
  const causes: StatusCause[] = [];
  if (isApply && (query.get('fieldManager') ?? '') === '')
    causes.push({
      reason: 'FieldValueRequired',
      field: 'fieldManager',
      message: 'Required value: is required for apply patch',
    });
  if (!isApply && given !== null)
    causes.push({
      reason: 'FieldValueForbidden',
      field: 'force',
      message: 'Forbidden: may not be specified for non-apply patch',
    });
  refuseInvalid('PatchOptions', causes);
  return given !== null && !['', '0', 'false'].includes(given.toLowerCase());
}
