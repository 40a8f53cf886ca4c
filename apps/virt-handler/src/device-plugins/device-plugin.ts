import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { errorMessage } from '@virtkit/controllers/runtime';
import { HandlerError } from '../errors.ts';
import {
  apiVersion,
  devicePlugin,
  registration,
  type AllocateRequest,
  type AllocateResponse,
  type DeviceList,
  type RegisterRequest,
} from './protocol.ts';

/** A device file of this node that many Pods may use at a time. */
export interface SharedDevice {
  /** The last part of the resource's name: `kvm`. */
  readonly name: string;
  /** In containers, and on the node. */
  readonly path: string;
  /** How many Pods may have it at a time. */
  readonly count: number;
}

/** Name of the kubelet's own socket in the folder of plugins. */
export const kubeletSocket = 'kubelet.sock';
/** KubeVirt: the namespace of its devices. */
const resourcePrefix = 'devices.kubevirt.io/';
const registrationTimeout = 5_000;

/** One plugin while it is registered with one run of the kubelet. */
export class DevicePlugin implements AsyncDisposable {
  readonly #device: SharedDevice;
  readonly #folder: string;
  readonly #server = new Server();
  readonly #watchers = new Set<ServerWritableStream<object, DeviceList>>();
  #healthy: boolean;

  constructor(device: SharedDevice, folder: string, healthy: boolean) {
    this.#device = device;
    this.#folder = folder;
    this.#healthy = healthy;
    const options: handleUnaryCall<object, RegisterRequest['options']> = (_, answer) =>
      answer(null, withoutOptions);
    const list: handleServerStreamingCall<object, DeviceList> = (call) => this.#watch(call);
    const allocate: handleUnaryCall<AllocateRequest, AllocateResponse> = ({ request }, answer) =>
      answer(null, this.#allocate(request));
    this.#server.addService(devicePlugin, {
      GetDevicePluginOptions: options,
      ListAndWatch: list,
      Allocate: allocate,
    });
  }

  /** Its socket: kubevirt-NAME.sock. */
  get socket(): string {
    return join(this.#folder, `kubevirt-${this.#device.name}.sock`);
  }

  /**
   * Serves the plugin and tells the kubelet of it.
   * @throws HandlerError `device-plugin-failed` when the socket cannot be made, or the kubelet does not take it
   */
  async start(): Promise<void> {
    const failed = (what: string) => (cause: unknown) => {
      const message = `plugin of ${this.#device.name}: ${what}: ${errorMessage(cause)}`;
      throw new HandlerError('device-plugin-failed', message, { cause });
    };
    // Of an earlier run of this program that was killed.
    await rm(this.socket, { force: true });
    await this.#listen().catch(failed('its socket cannot be served'));
    await this.#register().catch(failed('the kubelet does not take it'));
  }

  /** Tells the kubelet whether the device can be used. */
  report(healthy: boolean): void {
    if (this.#healthy === healthy) return;
    this.#healthy = healthy;
    for (const call of this.#watchers) call.write(this.#devices());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
    await rm(this.socket, { force: true });
  }

  #listen(): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#server.bindAsync(`unix://${this.socket}`, ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
    return promise;
  }

  async #register(): Promise<void> {
    const address = `unix://${join(this.#folder, kubeletSocket)}`;
    // The path of a socket is no name of a host, which servers in Go insist on.
    const client = new Client(address, credentials.createInsecure(), {
      'grpc.default_authority': 'localhost',
    });
    const { path, requestSerialize, responseDeserialize } = registration.Register;
    const request: RegisterRequest = {
      version: apiVersion,
      endpoint: `kubevirt-${this.#device.name}.sock`,
      resourceName: `${resourcePrefix}${this.#device.name}`,
      options: withoutOptions,
    };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const deadline = Date.now() + registrationTimeout;
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline }, (error) =>
      error === null ? resolve() : reject(error),
    );
    try {
      await promise;
    } finally {
      client.close();
    }
  }

  #watch(call: ServerWritableStream<object, DeviceList>): void {
    this.#watchers.add(call);
    const forget = (): void => void this.#watchers.delete(call);
    call.on('cancelled', forget);
    call.on('close', forget);
    // A kubelet that goes away in the middle of a message.
    call.on('error', forget);
    call.write(this.#devices());
  }

  #devices(): DeviceList {
    const { name, count } = this.#device;
    const health = this.#healthy ? 'Healthy' : 'Unhealthy';
    return { devices: Array.from({ length: count }, (_, index) => ({ ID: `${name}${index}`, health })) };
  }

  #allocate({ containerRequests }: AllocateRequest): AllocateResponse {
    const { path } = this.#device;
    const device = { containerPath: path, hostPath: path, permissions: 'rw' };
    return { containerResponses: containerRequests.map(() => ({ devices: [device] })) };
  }
}

const withoutOptions = { preStartRequired: false, getPreferredAllocationAvailable: false } as const;

/** Which file has this name now; undefined while there is none. */
export async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, ctimeMs } = await lstat(path);
    return `${dev}:${ino}:${ctimeMs}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}
