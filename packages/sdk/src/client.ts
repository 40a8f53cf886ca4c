import {
  resources,
  type KubernetesObject,
  type ResourceDefinition,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { Judge } from './admission/judge.ts';
import { admissionCheck } from './checks/admission-check.ts';
import { schemaCheck } from './checks/schema-check.ts';
import { noCheck, type WriteCheck } from './checks/write-check.ts';
import { resolveEndpoint } from './configuration/endpoint.ts';
import { checkOptions } from './configuration/check-options.ts';
import type { ConnectOptions, Validation } from './configuration/options.ts';
import type { VirtualMachineActions, VirtualMachineInstanceActions } from './machines/actions.ts';
import { instanceActions } from './machines/instance-actions.ts';
import { machineActions } from './machines/machine-actions.ts';
import { HttpResourceClient, type ResourceClientSettings } from './resource/http-resource-client.ts';
import type { ResourceClient } from './resource/resource-client.ts';
import type { RawRequest, RawResponse } from './transport/request.ts';
import { Transport } from './transport/transport.ts';
import type { UpgradeOptions, WebSocketStream } from './transport/websocket.ts';
import { defaultWarningHandler, type WarningHandler } from './warnings.ts';

type Resources = typeof resources;

/** A client for each kind that core-types knows, by plural name: `client.pods`, `client.leases`, ... */
export type TypedResources = {
  readonly [K in keyof Resources]: Resources[K] extends ResourceDefinition<infer T extends KubernetesObject>
    ? ResourceClient<T>
    : never;
};

/** A connection to one API server. Dispose it to end its connections, watches and streams. */
export interface Client extends TypedResources, AsyncDisposable {
  /** Base URL of the API server. */
  readonly server: string;
  /** Namespace of calls that name none. */
  readonly namespace: string;
  readonly virtualMachines: ResourceClient<VirtualMachine> & VirtualMachineActions;
  readonly virtualMachineInstances: ResourceClient<VirtualMachineInstance> & VirtualMachineInstanceActions;
  /** The objects of any kind, custom resources included. */
  resource<T extends KubernetesObject>(definition: ResourceDefinition<T>): ResourceClient<T>;
  /** A request below the level of kinds. @throws ApiError for answers of 400 and above too */
  request(request: RawRequest): Promise<RawResponse>;
  /** A WebSocket; `path` is absolute, below the server's base URL. */
  upgrade(path: string, options?: UpgradeOptions): Promise<WebSocketStream>;
}

const defaultUserAgent = 'virtkit-sdk/0.1.0';

/**
 * Connects to an API server. Nothing is sent yet: a wrong address or token shows with the first request.
 *
 * @throws ApiError `configuration` when the options or the kubeconfig do not lead to a server
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  checkOptions(options);
  const endpoint = await resolveEndpoint(options);
  const onWarning = options.onWarning ?? defaultWarningHandler();
  const transport = new Transport({
    onWarning,
    endpoint,
    userAgent: options.userAgent ?? defaultUserAgent,
    attempts: options.attempts ?? 4,
    maxConnections: options.maxConnections ?? 32,
    onRequest: options.onRequest,
  });
  const { namespace } = endpoint;
  const judge: Judge = new Judge({
    kubeVirt: options.kubeVirt,
    source: {
      resource: (definition) =>
        new HttpResourceClient(definition, { transport, namespace, judge, check: noCheck }),
    },
  });
  const check = writeCheck(options.validate ?? false, judge, onWarning);
  return createClient(transport, endpoint.server.href, { transport, namespace, judge, check });
}

function writeCheck(validate: Validation, judge: Judge, onWarning: WarningHandler): WriteCheck {
  switch (validate) {
    case false:
      return noCheck;
    case 'schema':
      return schemaCheck;
    case 'admission':
      return admissionCheck(judge, onWarning);
    default:
      return validate satisfies never;
  }
}

function createClient(transport: Transport, server: string, settings: ResourceClientSettings): Client {
  const resource = <T extends KubernetesObject>(definition: ResourceDefinition<T>): ResourceClient<T> =>
    new HttpResourceClient(definition, settings);
  return {
    ...typedResources(settings),
    virtualMachines: Object.assign(
      resource(resources.virtualMachines),
      machineActions(transport, settings.namespace),
    ),
    virtualMachineInstances: Object.assign(
      resource(resources.virtualMachineInstances),
      instanceActions(transport, settings.namespace),
    ),
    server,
    namespace: settings.namespace,
    resource,
    request: (request) => transport.request(request),
    upgrade: (path, options) => transport.upgrade(path, options),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

function typedResources(settings: ResourceClientSettings): TypedResources {
  const definitions: Record<string, ResourceDefinition> = resources;
  const clients = Object.entries(definitions).map(
    ([name, definition]): [string, ResourceClient<KubernetesObject>] => [
      name,
      new HttpResourceClient(definition, settings),
    ],
  );
  return Object.fromEntries(clients) as TypedResources;
}
