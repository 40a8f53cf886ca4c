import { ApiServerError } from '../errors.ts';
import { qualifiedResource } from '../object/types.ts';
import { isResourceTarget, type Attributes } from './attributes.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The 403 for what an authorizer did not allow, in the words that clients of Kubernetes know. */
export function forbidden(attributes: Attributes, reason: string): ApiServerError {
  const { target } = attributes;
  // A browser must not take a user's name for markup.
  const what = refusal(attributes).replaceAll(/[&<>]/g, (char) => ENTITIES[char] ?? char);
  const text = reason === '' ? what : `${what}: ${reason}`;
  if (!isResourceTarget(target)) return new ApiServerError('Forbidden', `forbidden: ${text}`);
  const { group, resource, name } = target;
  const subject = qualifiedResource(group, resource);
  return new ApiServerError(
    'Forbidden',
    `${subject}${name === '' ? '' : ` ${JSON.stringify(name)}`} is forbidden: ${text}`,
    { group, kind: resource, ...(name !== '' && { name }) },
  );
}

function refusal({ user, verb, target }: Attributes): string {
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (!isResourceTarget(target)) return `${who} path ${JSON.stringify(target.path)}`;
  const { group, namespace, resource, subresource } = target;
  const what = JSON.stringify(subresource === '' ? resource : `${resource}/${subresource}`);
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${who} resource ${what} in API group ${JSON.stringify(group)} ${where}`;
}
