import { watch, type FSWatcher } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, type Clock, type Logger } from '@virtkit/controllers/runtime';
import { DevicePlugin, identityOf, kubeletSocket, type SharedDevice } from './device-plugin.ts';

export interface DevicePluginsOptions {
  readonly devices: readonly SharedDevice[];
  /** Where the kubelet has its socket, and wants those of plugins. */
  readonly folder: string;
  /** Where this node's `/dev` is seen. */
  readonly deviceRoot: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is registered, and with which run of the kubelet. */
interface Registered {
  readonly plugin: DevicePlugin;
  readonly kubelet: string;
  readonly socket: string;
}

/** How often devices and sockets are looked at without a hint, in milliseconds. */
const period = 2_000;
/** KubeVirt: pauses after failures, the last one again and again, in milliseconds. */
const backoff = [1_000, 2_000, 5_000, 10_000];

/**
 * Offers device files of this node to Pods, by the kubelet's device plugin API. A kubelet that starts removes the sockets of all
 * plugins and knows none: each plugin is registered again whenever its socket or the kubelet's is another one than before.
 */
export class DevicePlugins {
  readonly #options: DevicePluginsOptions;
  readonly #registered = new Map<string, Registered>();
  readonly #failures = new Map<string, { count: number; until: number }>();
  #ready = Promise.withResolvers<void>();
  #hint = Promise.withResolvers<void>();

  constructor(options: DevicePluginsOptions) {
    this.#options = options;
  }

  /** Whether the kubelet knows every plugin. */
  get isReady(): boolean {
    return this.#registered.size === this.#options.devices.length;
  }

  /** Resolves when the kubelet knows every plugin. */
  async untilReady(): Promise<void> {
    if (!this.isReady) await this.#ready.promise;
  }

  /** Keeps the plugins registered until the signal aborts; then takes their sockets away. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, devices } = this.#options;
    let watcher: FSWatcher | undefined;
    // Not a promise to race with at each look: each race would leave something behind on it for as long as this runs.
    const stop = (): void => this.#hint.resolve();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        watcher ??= this.#watchFolder(() => (watcher = undefined));
        this.#hint = Promise.withResolvers();
        for (const device of devices) await this.#keep(device);
        if (signal.aborted) break;
        const late = clock.schedule(() => this.#hint.resolve(), period);
        await this.#hint.promise;
        late.cancel();
      }
    } finally {
      signal.removeEventListener('abort', stop);
      watcher?.close();
      for (const name of this.#registered.keys()) await this.#end(name);
    }
  }

  /** One look at one device and its plugin. */
  async #keep(device: SharedDevice): Promise<void> {
    const { clock, folder, logger } = this.#options;
    const [kubelet, healthy] = await Promise.all([
      identityOf(join(folder, kubeletSocket)),
      this.#isHealthy(device),
    ]);
    const registered = this.#registered.get(device.name);
    if (registered !== undefined) {
      registered.plugin.report(healthy);
      const same = registered.kubelet === kubelet;
      if (same && registered.socket === (await identityOf(registered.plugin.socket))) return;
      logger.info('the kubelet has forgotten a device plugin', { device: device.name });
      await this.#end(device.name);
    }
    const failure = this.#failures.get(device.name);
    // Without a kubelet there is nothing to try.
    if (kubelet === undefined || clock.now() < (failure?.until ?? 0)) return;
    const plugin = new DevicePlugin(device, folder, healthy);
    try {
      await plugin.start();
      this.#registered.set(device.name, { plugin, kubelet, socket: (await identityOf(plugin.socket)) ?? '' });
      this.#failures.delete(device.name);
      logger.info('the kubelet knows a device plugin', { device: device.name, count: device.count, healthy });
      if (this.isReady) this.#ready.resolve();
    } catch (error) {
      await plugin[Symbol.asyncDispose]();
      const count = failure?.count ?? 0;
      const pause = backoff[Math.min(count, backoff.length - 1)]!;
      this.#failures.set(device.name, { count: count + 1, until: clock.now() + pause });
      logger.warn('a device plugin could not be registered', {
        device: device.name,
        error: errorMessage(error),
      });
    }
  }

  async #end(name: string): Promise<void> {
    const registered = this.#registered.get(name);
    if (registered === undefined) return;
    if (this.isReady) this.#ready = Promise.withResolvers();
    this.#registered.delete(name);
    await registered.plugin[Symbol.asyncDispose]();
  }

  async #isHealthy({ path }: SharedDevice): Promise<boolean> {
    try {
      return (await lstat(join(this.#options.deviceRoot, path))).isCharacterDevice();
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
        return false;
      throw error;
    }
  }

  /** Sockets that come and go are noticed at once; where the folder cannot be watched, a little later. */
  #watchFolder(onEnd: () => void): FSWatcher | undefined {
    const { folder, logger } = this.#options;
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#hint.resolve());
      return watcher.on('error', (error) => {
        logger.debug('the folder of device plugins is only looked at', { folder, error: error.message });
        watcher.close();
        onEnd();
      });
    } catch (error) {
      logger.debug('the folder of device plugins is only looked at', { folder, error: errorMessage(error) });
      return undefined;
    }
  }
}
