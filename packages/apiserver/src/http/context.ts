import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UserInfo } from '../admission/types.ts';
import type { ServiceAccountTokens } from '../authentication/service-account-tokens.ts';
import type { JsonObject } from '../object/json.ts';
import type { Registry, RequestScope } from '../registry/registry.ts';
import type { WatchServer } from '../watch/watch-response.ts';
import { dryRunParameter, fieldValidationParameter } from './parameters.ts';
import { fieldManagerOf } from './field-manager.ts';
import { keepWarnings } from './respond.ts';
import type { RequestInfo } from './request-info.ts';
import type { PodSubresources } from '../mounts/types.ts';

/** What request handlers work with. */
export interface ServerContext {
  readonly registry: Registry;
  readonly watch: WatchServer;
  readonly podSubresources: PodSubresources | undefined;
  readonly accountTokens: ServiceAccountTokens;
}

/** One authenticated request for a resource. */
export interface ResourceRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly user: UserInfo;
  readonly info: RequestInfo;
  /** Refuses what the request does besides what its own verb says. @throws ApiServerError `Forbidden` */
  readonly authorize: (verb: string) => void;
}

const OPTIONS: Partial<Record<string, string>> = {
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
};

/** The scope of a request's operations. @throws ApiServerError `Invalid` */
export function requestScope({ user, info, request, response }: ResourceRequest): RequestScope {
  const warnings: string[] = [];
  keepWarnings(response, warnings);
  return {
    user,
    dryRun: dryRunParameter(info.query.getAll('dryRun'), OPTIONS[info.verb] ?? 'CreateOptions'),
    fieldValidation: fieldValidationParameter(info.query, OPTIONS[info.verb] ?? 'CreateOptions'),
    fieldManager: fieldManagerOf(request, info),
    warnings,
    options: givenOptions(info.query),
  };
}

/** Of the query: what CreateOptions, UpdateOptions and DeleteOptions have in common. */
function givenOptions(query: URLSearchParams): JsonObject {
  const text = (name: string) => query.get(name) ?? '';
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  return {
    ...(dryRun.length > 0 && { dryRun }),
    ...(text('fieldManager') !== '' && { fieldManager: text('fieldManager') }),
    ...(text('fieldValidation') !== '' && { fieldValidation: text('fieldValidation') }),
  };
}
