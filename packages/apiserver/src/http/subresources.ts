import { ApiServerError, notFound } from '../errors.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { keyOf } from '../registry/registry.ts';
import { letStall } from './connections.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { handleBinding, handleEviction, handleFinalize } from './core-subresources.ts';
import { admitConnection } from './connect-admission.ts';
import { setWarnings } from './respond.ts';
import { handleScale } from './scale.ts';
import { handleTokenRequest } from './token-request.ts';

/** Subresources of Pods that only the node they run on can answer. */
export const NODE_SUBRESOURCES = new Set(['log', 'exec', 'attach', 'portforward']);

/** Answers a request for a subresource other than status. @throws ApiServerError, which the caller sends. */
export async function handleSubresource(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  const { name = '', namespace, subresource = '' } = call.info;
  if (subresource === 'scale' && definition.scale !== undefined)
    return handleScale(context, call, definition, definition.scale);
  if (!definition.extraSubresources.includes(subresource))
    throw new ApiServerError('NotFound', 'the server could not find the requested resource');
  if (subresource === 'binding') return handleBinding(context, call, definition);
  if (subresource === 'eviction') return handleEviction(context, call, definition);
  if (subresource === 'token') return handleTokenRequest(context, call, definition);
  if (subresource === 'finalize') return handleFinalize(context, call, definition);
  const pod = context.registry.store.get(keyOf(definition, namespace, name));
  if (pod === undefined) throw notFound(definition, name);
  if (context.podSubresources === undefined)
    throw new ApiServerError(
      'NotImplemented',
      `pods/${subresource} needs a node, and this server has none attached`,
    );
  const warnings: string[] = [];
  await admitConnection(context.registry, definition, call.info, call.user, warnings);
  setWarnings(call.response, warnings);
  letStall(call.request.socket);
  await context.podSubresources.handle(
    call.request,
    call.response,
    { ...call.info, user: call.user },
    pod.object,
  );
}
