import { ApiServerError } from '@virtkit/apiserver';
import type { Node, VirtualMachineInstance } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';
import type { ObjectName } from '../context.ts';
import { ifFound, refusal } from '../refusal.ts';

/** On nodes: the URL of the virt-handler that runs there. */
const endpointAnnotation = 'virtkit.dev/virt-handler-endpoint';

/** The URL of an instance at the virt-handler of a node, for example `https://10.0.0.1:8186/v1/.../name/`; undefined when the node has none. */
export function instanceAt(node: Node | undefined, { namespace, name }: ObjectName): URL | undefined {
  const address = node?.metadata.annotations?.[endpointAnnotation];
  if (address === undefined || !URL.canParse(address)) return undefined;
  const path = ['v1', 'namespaces', namespace, 'virtualmachineinstances', name];
  return new URL(`/${path.map(encodeURIComponent).join('/')}/`, address);
}

/**
 * The URL of an instance at the virt-handler of its node.
 *
 * @throws ApiServerError `BadRequest` when the instance is not on a node, or its node has no virt-handler
 */
export async function endpointOf(
  { metadata, status }: VirtualMachineInstance,
  client: Client,
  signal?: AbortSignal,
): Promise<URL> {
  const { name = '', namespace = '' } = metadata;
  const phase = status?.phase ?? 'Pending';
  if ((phase !== 'Running' && phase !== 'Scheduled') || !status?.nodeName)
    throw refusal(
      'BadRequest',
      'virtualMachineInstances',
      name,
      `it cannot be reached in phase ${phase}, only when Scheduled or Running`,
    );
  const node = await ifFound(client.nodes.get(status.nodeName, { ...(signal && { signal }) }));
  const url = instanceAt(node, { namespace, name });
  if (url === undefined)
    throw new ApiServerError('BadRequest', `node ${status.nodeName} has no virt-handler`);
  return url;
}
