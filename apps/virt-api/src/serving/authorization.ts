import { ApiServerError, type RequestInfo, type UserInfo } from '@virtkit/apiserver';
import type { Client } from '@virtkit/sdk';
import { z } from 'zod';

/** What a user wants to do, in the vocabulary of RBAC. */
export interface ResourceAttributes {
  readonly group: string;
  readonly version: string;
  readonly verb: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name?: string;
  readonly subresource?: string;
}

const objects = new Set(['virtualmachines', 'virtualmachineinstances']);

/**
 * What is to be authorized of a request (KubeVirt subresources, authorization). Ports and protocols of port forwarding are not
 * authorized one by one.
 *
 * @throws ApiServerError `Unauthorized` for a path at which there is nothing to be allowed
 */
export function attributesOf(method: string, info: RequestInfo): ResourceAttributes {
  const { group, version, namespace, resource, name, subresource, rest } = info;
  const place = { group, version, namespace: namespace ?? '', resource };
  const verb = verbOf(method, name !== undefined);
  if (namespace !== undefined && resource === 'expand-vm-spec' && name === undefined)
    return { ...place, verb };
  if (namespace === undefined || name === undefined || subresource === undefined)
    throw new ApiServerError('Unauthorized', 'there is nothing to be authorized at this path');
  if (!objects.has(resource))
    throw new ApiServerError('Unauthorized', `${resource} is not a resource of this group`);
  const operation = subresource === 'portforward' ? subresource : [subresource, ...rest].join('/');
  return { ...place, verb, name, subresource: operation };
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

function verbOf(method: string, named: boolean): string {
  if (method === 'GET' || method === 'HEAD') return named ? 'get' : 'list';
  if (method === 'DELETE') return named ? 'delete' : 'deletecollection';
  const verb = verbs[method];
  if (verb === undefined)
    throw new ApiServerError('MethodNotAllowed', `the server does not allow the method ${method}`);
  return verb;
}

const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const reviewSchema = z.object({
  status: z.object({ allowed: z.boolean(), denied: z.boolean().optional(), reason: z.string().default('') }),
});

/**
 * Asks the cluster whether the user may. Each request is asked for anew, so that a right that was taken away is gone.
 *
 * @throws ApiServerError `Forbidden` with the cluster's reason; `InternalError` when it cannot be asked
 */
export async function authorize(
  client: Client,
  user: UserInfo,
  attributes: ResourceAttributes,
  signal: AbortSignal,
): Promise<void> {
  const { allowed, denied, reason } = await review(client, user, attributes, signal);
  if (allowed && denied !== true) return;
  const { verb, resource, subresource, name, namespace, group } = attributes;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const which = name === undefined ? '' : ` "${name}"`;
  throw new ApiServerError(
    'Forbidden',
    `user "${user.name}" may not ${verb} ${what}${which} in the namespace "${namespace}"${reason === '' ? '' : `: ${reason}`}`,
    { group, kind: resource, ...(name === undefined ? {} : { name }) },
  );
}

async function review(
  client: Client,
  { name, groups, extra }: UserInfo,
  resourceAttributes: ResourceAttributes,
  signal: AbortSignal,
): Promise<z.output<typeof reviewSchema>['status']> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: name, groups, ...(extra && { extra }), resourceAttributes },
  };
  try {
    const answer = await client.request({ method: 'POST', path: reviews, body, signal });
    return reviewSchema.parse(await answer.json()).status;
  } catch (cause) {
    throw new ApiServerError('InternalError', 'whether the user may do this could not be found out', {
      cause,
    });
  }
}
