import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

/*
 * The kubelet's device plugin API, version v1beta1, as far as it is spoken here: names of services, methods and messages and the
 * numbers of their fields. What is left out (topology, preferred allocation, CDI devices) is skipped when read.
 */
interface Field {
  readonly id: number;
  readonly type: string;
  readonly rule?: 'repeated';
}
const field = (id: number, type: string, rule?: 'repeated'): Field => ({ id, type, ...(rule && { rule }) });
const message = (fields: Record<string, Field>): { fields: Record<string, Field> } => ({ fields });
const method = (requestType: string, responseType: string, comment: string) => ({
  requestType,
  responseType,
  comment,
});

const descriptor = {
  nested: {
    v1beta1: {
      nested: {
        Empty: message({}),
        DevicePluginOptions: message({
          preStartRequired: field(1, 'bool'),
          getPreferredAllocationAvailable: field(2, 'bool'),
        }),
        RegisterRequest: message({
          version: field(1, 'string'),
          endpoint: field(2, 'string'),
          resourceName: field(3, 'string'),
          options: field(4, 'DevicePluginOptions'),
        }),
        Device: message({ ID: field(1, 'string'), health: field(2, 'string') }),
        ListAndWatchResponse: message({ devices: field(1, 'Device', 'repeated') }),
        ContainerAllocateRequest: message({ devicesIds: field(1, 'string', 'repeated') }),
        AllocateRequest: message({ containerRequests: field(1, 'ContainerAllocateRequest', 'repeated') }),
        DeviceSpec: message({
          containerPath: field(1, 'string'),
          hostPath: field(2, 'string'),
          permissions: field(3, 'string'),
        }),
        ContainerAllocateResponse: message({ devices: field(3, 'DeviceSpec', 'repeated') }),
        AllocateResponse: message({ containerResponses: field(1, 'ContainerAllocateResponse', 'repeated') }),
        Registration: {
          methods: { Register: method('RegisterRequest', 'Empty', 'tells of a plugin') },
        },
        DevicePlugin: {
          methods: {
            GetDevicePluginOptions: method('Empty', 'DevicePluginOptions', 'asks for what else it offers'),
            ListAndWatch: {
              ...method('Empty', 'ListAndWatchResponse', 'tells all devices, again after each change'),
              responseStream: true,
            },
            Allocate: method('AllocateRequest', 'AllocateResponse', 'asks how containers get devices'),
          },
        },
      },
    },
  },
};

const definitions = fromJSON(descriptor, { keepCase: true, defaults: true });

/** Version that both sides name. */
export const apiVersion = 'v1beta1';

type Service = ServiceDefinition;
type Registration = { Register: MethodDefinition<RegisterRequest, object> };

/** The service that the kubelet offers on `kubelet.sock`. */
export const registration = serviceOf('v1beta1.Registration') as Service & Registration;
/** The service that a plugin offers on a socket of its own. */
export const devicePlugin = serviceOf('v1beta1.DevicePlugin');

function serviceOf(name: string): Service {
  const definition = definitions[name];
  if (definition === undefined || 'format' in definition) throw new Error(`${name} is no service`);
  return definition;
}

/** What a plugin tells the kubelet first. */
export interface RegisterRequest {
  version: string;
  /** Name of the plugin's socket in the folder of `kubelet.sock`. */
  endpoint: string;
  resourceName: string;
  options: { preStartRequired: boolean; getPreferredAllocationAvailable: boolean };
}

/** All devices of a plugin; each list replaces the one before. */
export interface DeviceList {
  devices: { ID: string; health: 'Healthy' | 'Unhealthy' }[];
}

export interface AllocateRequest {
  containerRequests: { devicesIds: string[] }[];
}

/** What the containers get, in the order of the requests. */
export interface AllocateResponse {
  containerResponses: { devices: { containerPath: string; hostPath: string; permissions: string }[] }[];
}
