import type { AdmissionRequest, UserInfo } from '../admission/types.ts';
import { equalJson } from '../object/json.ts';
import { internalError } from '../errors.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import type { Registry } from '../registry/registry.ts';
import { isTrue, type RequestInfo } from './request-info.ts';

const KINDS: Record<string, string> = {
  exec: 'PodExecOptions',
  attach: 'PodAttachOptions',
  portforward: 'PodPortForwardOptions',
};

/**
 * Asks admission about a connection to a Pod: `exec`, `attach` or `portforward`. Other subresources are only read.
 * @throws ApiServerError of what refuses; `InternalError` when a webhook wants other options, which cannot be passed on
 */
export async function admitConnection(
  { admission }: Registry,
  definition: ResourceDefinition,
  info: RequestInfo,
  user: UserInfo,
  warnings: string[],
): Promise<void> {
  const kind = KINDS[info.subresource ?? ''];
  if (kind === undefined) return;
  const object = connectOptions(kind, info.query);
  const request: AdmissionRequest = {
    operation: 'CONNECT',
    resource: { group: definition.group, version: definition.version, resource: definition.resource },
    kind,
    kindVersion: { group: '', version: 'v1' },
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name ?? '',
    user,
    dryRun: false,
    object,
    oldObject: undefined,
  };
  const mutated = await admission.mutate(request, object, warnings);
  if (!equalJson(mutated, object))
    throw internalError(`admission changed the ${kind}, which this server cannot pass on`);
  await admission.validate(request, warnings);
}

/** The query of a connection as the object that Kubernetes makes of it. */
function connectOptions(kind: string, query: URLSearchParams): KubeObject {
  const flags = ['stdin', 'stdout', 'stderr', 'tty'].filter((name) => isTrue(query.get(name)));
  const command = query.getAll('command');
  const ports = query.getAll('ports').map(Number);
  const container = query.get('container') ?? '';
  // These objects have no metadata; what handles objects expects one, and webhooks do not mind.
  return {
    kind,
    apiVersion: 'v1',
    metadata: {},
    ...Object.fromEntries(flags.map((name) => [name, true])),
    ...(container !== '' && { container }),
    ...(command.length > 0 && { command }),
    ...(ports.length > 0 && { ports }),
  };
}
