import { join } from 'node:path';
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  status,
  type ClientReadableStream,
  type handleUnaryCall,
  type MethodDefinition,
} from '@grpc/grpc-js';
import {
  devicePlugin,
  registration,
  type AllocateResponse,
  type DeviceList,
  type RegisterRequest,
} from '../../src/device-plugins/protocol.ts';

/** The kubelet's side of the device plugin API: takes registrations, follows the devices of each and hands them out. */
export class Kubelet implements AsyncDisposable {
  /** Registrations in their order. */
  readonly registrations: RegisterRequest[] = [];
  /** The present devices by resource. */
  readonly devices = new Map<string, DeviceList['devices']>();
  /** Answered to the next registrations, in the place of success. */
  refusal: string | undefined;
  readonly #folder: string;
  readonly #server = new Server();
  readonly #clients = new Map<string, Client>();
  readonly #streams: ClientReadableStream<DeviceList>[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(folder: string): Promise<Kubelet> {
    const kubelet = new Kubelet(folder);
    const register: handleUnaryCall<RegisterRequest, object> = ({ request }, answer) => {
      if (kubelet.refusal !== undefined)
        return answer({ code: status.FAILED_PRECONDITION, details: kubelet.refusal });
      kubelet.#follow(request);
      answer(null, {});
    };
    kubelet.#server.addService(registration, { Register: register });
    await new Promise<void>((resolve, reject) =>
      kubelet.#server.bindAsync(
        `unix://${join(folder, 'kubelet.sock')}`,
        ServerCredentials.createInsecure(),
        (error) => (error === null ? resolve() : reject(error)),
      ),
    );
    return kubelet;
  }

  #follow(request: RegisterRequest): void {
    this.registrations.push(request);
    const { endpoint, resourceName } = request;
    const client = new Client(`unix://${join(this.#folder, endpoint)}`, credentials.createInsecure());
    this.#clients.get(resourceName)?.close();
    this.#clients.set(resourceName, client);
    const { path, requestSerialize, responseDeserialize } = devicePlugin['ListAndWatch'] as MethodDefinition<
      object,
      DeviceList
    >;
    const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
    stream.on('data', ({ devices }: DeviceList) => this.devices.set(resourceName, devices));
    // A plugin that has gone has no devices.
    stream.on('error', () => this.devices.delete(resourceName));
    stream.on('end', () => this.devices.delete(resourceName));
    this.#streams.push(stream);
  }

  /** Hands devices out to containers, each of which gets the given ones. */
  allocate(resourceName: string, containers: string[][]): Promise<AllocateResponse> {
    const { path, requestSerialize, responseDeserialize } = devicePlugin['Allocate'] as MethodDefinition<
      object,
      AllocateResponse
    >;
    const request = { containerRequests: containers.map((devicesIds) => ({ devicesIds })) };
    return new Promise((resolve, reject) =>
      this.#clients
        .get(resourceName)!
        .makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) =>
          error === null ? resolve(response!) : reject(error),
        ),
    );
  }

  /** Devices that can be given to Pods, and all. */
  capacity(resourceName: string): { allocatable: number; capacity: number } | undefined {
    const devices = this.devices.get(resourceName);
    if (devices === undefined) return undefined;
    const healthy = devices.filter(({ health }) => health === 'Healthy');
    return { allocatable: healthy.length, capacity: devices.length };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#streams) stream.cancel();
    for (const client of this.#clients.values()) client.close();
    this.#server.forceShutdown();
  }
}
