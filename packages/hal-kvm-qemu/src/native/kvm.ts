import type { NativeBinding } from './binding.ts';
import { type CallOptions, untilAborted } from './call-options.ts';
import type {
  CpuidEntry,
  KvmExit,
  KvmHandle,
  KvmRegisters,
  KvmSystemRegisters,
  MsrIndices,
  VcpuHandle,
  VmHandle,
} from './kvm-binding.ts';
import { loadBinding } from './loader.ts';

/** KVM's API version that this binding speaks, the only stable one. */
export const KVM_API_VERSION = 12;

/** How to open the device. */
export interface KvmOptions extends CallOptions {
  /** Default `/dev/kvm`. */
  device?: string;
}

/** A memory slot of a VM. */
export interface GuestMemory {
  readonly slot: number;
  readonly guestAddress: number;
  /** The guest's memory itself. It stays mapped as long as anything refers to this buffer, also after the VM is closed. */
  readonly buffer: ArrayBuffer;
}

/** The KVM device of this machine. Methods reject with `KvmError`; {@link KvmError.code} `closed` after closing. */
export class Kvm implements AsyncDisposable {
  readonly #binding: NativeBinding;
  readonly #handle: KvmHandle;

  private constructor(binding: NativeBinding, handle: KvmHandle) {
    this.#binding = binding;
    this.#handle = handle;
  }

  /** @throws KvmError `absent`, `forbidden`, `api-version`, `not-x86` */
  static async open(options: KvmOptions = {}): Promise<Kvm> {
    const binding = loadBinding();
    return new Kvm(binding, await untilAborted(options, () => binding.kvmOpen(options.device ?? '/dev/kvm')));
  }

  /** Closes the device; its VMs go on. Repeated calls do no harm. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#binding.kvmClose(this.#handle);
  }

  apiVersion(): Promise<number> {
    return this.#binding.kvmGetApiVersion(this.#handle);
  }

  /** A `KVM_CAP_*` (linux/kvm.h): 0 when absent, else 1 or the capability's own number. */
  checkExtension(capability: number): Promise<number> {
    return this.#binding.kvmCheckExtension(this.#handle, capability);
  }

  /** The CPUID leaves that guests can be given. */
  supportedCpuid(): Promise<CpuidEntry[]> {
    return this.#binding.kvmGetSupportedCpuid(this.#handle);
  }

  msrIndices(): Promise<MsrIndices> {
    return this.#binding.kvmGetMsrIndices(this.#handle);
  }

  async createVm(): Promise<KvmVm> {
    return new KvmVm(this.#binding, await this.#binding.kvmCreateVm(this.#handle));
  }
}

/** A virtual machine of {@link Kvm}: memory and vCPUs, no devices. */
export class KvmVm implements AsyncDisposable {
  readonly #binding: NativeBinding;
  readonly #handle: VmHandle;

  /** Use `Kvm.createVm`. */
  constructor(binding: NativeBinding, handle: VmHandle) {
    this.#binding = binding;
    this.#handle = handle;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#binding.vmClose(this.#handle);
  }

  /** Gives the guest zeroed memory at a guest-physical address; both numbers are multiples of 4096. */
  async addMemory(slot: number, guestAddress: number, bytes: number): Promise<GuestMemory> {
    const buffer = await this.#binding.vmAddMemory(this.#handle, slot, guestAddress, bytes);
    return { slot, guestAddress, buffer };
  }

  async createVcpu(id: number): Promise<KvmVcpu> {
    return new KvmVcpu(this.#binding, await this.#binding.vmCreateVcpu(this.#handle, id));
  }
}

/** How long a vCPU may run, and the bytes that it waits for. */
export interface RunOptions extends CallOptions {
  /** Wall-clock limit in milliseconds; the run ends with `interrupted` when it is over. Default 1000. */
  timeoutMs?: number;
  /** Answer to the `in` or the MMIO read with which the last run ended. */
  input?: Uint8Array;
}

/**
 * A vCPU. While it runs, other calls on it reject with `busy`. Any thread may run it, one at a time.
 */
export class KvmVcpu implements AsyncDisposable {
  readonly #binding: NativeBinding;
  readonly #handle: VcpuHandle;

  /** Use `KvmVm.createVcpu`. */
  constructor(binding: NativeBinding, handle: VcpuHandle) {
    this.#binding = binding;
    this.#handle = handle;
  }

  /** Ends the present run and frees the vCPU. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#binding.vcpuClose(this.#handle);
  }

  setCpuid(entries: readonly CpuidEntry[]): Promise<void> {
    return this.#binding.vcpuSetCpuid(this.#handle, entries);
  }

  registers(): Promise<KvmRegisters> {
    return this.#binding.vcpuGetRegs(this.#handle);
  }

  setRegisters(registers: KvmRegisters): Promise<void> {
    return this.#binding.vcpuSetRegs(this.#handle, registers);
  }

  systemRegisters(): Promise<KvmSystemRegisters> {
    return this.#binding.vcpuGetSregs(this.#handle);
  }

  setSystemRegisters(registers: KvmSystemRegisters): Promise<void> {
    return this.#binding.vcpuSetSregs(this.#handle, registers);
  }

  /** Runs until the guest does something that needs an answer, halts, fails, or the time is over. `elapsedNs`: wall clock. */
  async run(options: RunOptions = {}): Promise<{ exit: KvmExit; elapsedNs: number }> {
    const { timeoutMs = 1000, input, signal } = options;
    signal?.throwIfAborted();
    const kick = () => this.kick();
    signal?.addEventListener('abort', kick, { once: true });
    try {
      const result = await this.#binding.vcpuRun(this.#handle, timeoutMs, input);
      signal?.throwIfAborted();
      return result;
    } finally {
      signal?.removeEventListener('abort', kick);
    }
  }

  /** Ends the present run with `interrupted`; no effect when none is under way. */
  kick(): void {
    this.#binding.vcpuKick(this.#handle);
  }
}

/** How long the host's own CPU takes for this many rounds of `dec; jnz`, in nanoseconds. @throws KvmError `not-x86` */
export function hostLoop(iterations: number): Promise<number> {
  return loadBinding().hostLoop(iterations);
}
