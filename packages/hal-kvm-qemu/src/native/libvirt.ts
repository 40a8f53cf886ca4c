import type { NativeBinding } from './binding.ts';
import { type CallOptions, untilAborted } from './call-options.ts';
import { Connection } from './connection.ts';
import { loadBinding } from './loader.ts';

/** Which libraries to look for; the defaults are right on every Linux. */
export interface LibvirtOptions extends CallOptions {
  /** Name or path for `dlopen`. Default `libvirt.so.0`. */
  library?: string;
  /** Name or path of the library with the agent and monitor calls. Default `libvirt-qemu.so.0`. */
  qemuLibrary?: string;
}

/** How to open a connection. */
export interface ConnectOptions extends CallOptions {
  /** Default false. */
  readOnly?: boolean;
  /** How many calls may run at a time, each on a thread of its own; more are queued. Default 16, at most 256. */
  maxCalls?: number;
}

/** libvirt, found at run time. One per process is enough; it holds nothing that must be closed. */
export class Libvirt {
  readonly #binding: NativeBinding;
  /** major * 1,000,000 + minor * 1,000 + release. */
  readonly version: number;

  private constructor(binding: NativeBinding, version: number) {
    this.#binding = binding;
    this.version = version;
  }

  /**
   * Finds libvirt on this machine and starts its event loop (one thread per process, whatever the number of callers).
   *
   * @throws LibvirtError `library-missing`, with the package to install, when there is none; `addon-missing`.
   */
  static async load(options: LibvirtOptions = {}): Promise<Libvirt> {
    const binding = loadBinding();
    const { library = 'libvirt.so.0', qemuLibrary = 'libvirt-qemu.so.0' } = options;
    const version = await untilAborted(options, () => binding.libvirtLoad(library, qemuLibrary));
    return new Libvirt(binding, version);
  }

  /**
   * Opens a connection, for example `qemu+unix:///system?socket=/run/x/libvirt-sock` (a daemon),
   * `qemu:///embed?root=/some/dir` (the driver inside this process), `test:///default`.
   *
   * @throws LibvirtError `connect-failed`, `system-error` (no such socket), `auth-failed`, ...
   */
  async connect(uri: string, options: ConnectOptions = {}): Promise<Connection> {
    const { readOnly = false, maxCalls = 16 } = options;
    const handle = await untilAborted(options, () => this.#binding.connectOpen(uri, readOnly, maxCalls));
    return new Connection(this.#binding, handle);
  }
}
