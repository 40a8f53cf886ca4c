import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UserInfo } from '../admission/types.ts';
import type { Registry, RequestScope } from '../registry/registry.ts';
import type { WatchServer } from '../watch/watch-response.ts';
import { dryRunParameter, fieldValidationParameter } from './parameters.ts';
import type { RequestInfo } from './request-info.ts';
import type { PodSubresources } from '../mounts/types.ts';

/** What request handlers work with. */
export interface ServerContext {
  readonly registry: Registry;
  readonly watch: WatchServer;
  readonly podSubresources: PodSubresources | undefined;
}

/** One authenticated request for a resource. */
export interface ResourceRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly user: UserInfo;
  readonly info: RequestInfo;
}

/** The scope of a request's operations. @throws ApiServerError `BadRequest` */
export function requestScope({ user, info }: ResourceRequest): RequestScope {
  return {
    user,
    dryRun: dryRunParameter(info.query.getAll('dryRun')),
    fieldValidation: fieldValidationParameter(info.query),
    warnings: [],
  };
}
