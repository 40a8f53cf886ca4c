import type { Handle } from './binding.ts';

export type KvmHandle = Handle<'kvm'>;
export type VmHandle = Handle<'vm'>;
export type VcpuHandle = Handle<'vcpu'>;

/** `struct kvm_cpuid_entry2` (linux/kvm.h): what one CPUID leaf answers. Unsigned 32-bit numbers. */
export interface CpuidEntry {
  readonly function: number;
  readonly index: number;
  readonly flags: number;
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

/** The MSR numbers that the kernel can save and restore, and those that describe features. */
export interface MsrIndices {
  readonly saved: readonly number[];
  readonly features: readonly number[];
}

/** `struct kvm_regs`: 64-bit general registers. */
export interface KvmRegisters {
  rax: bigint;
  rbx: bigint;
  rcx: bigint;
  rdx: bigint;
  rsi: bigint;
  rdi: bigint;
  rsp: bigint;
  rbp: bigint;
  r8: bigint;
  r9: bigint;
  r10: bigint;
  r11: bigint;
  r12: bigint;
  r13: bigint;
  r14: bigint;
  r15: bigint;
  rip: bigint;
  rflags: bigint;
}

/** `struct kvm_segment`: a segment register with its hidden part. */
export interface KvmSegment {
  base: bigint;
  limit: number;
  selector: number;
  type: number;
  present: number;
  dpl: number;
  db: number;
  s: number;
  l: number;
  g: number;
  avl: number;
  unusable: number;
}

/** `struct kvm_sregs`, the part that a start in real or long mode needs. */
export interface KvmSystemRegisters {
  cs: KvmSegment;
  ds: KvmSegment;
  es: KvmSegment;
  fs: KvmSegment;
  gs: KvmSegment;
  ss: KvmSegment;
  tr: KvmSegment;
  ldt: KvmSegment;
  cr0: bigint;
  cr2: bigint;
  cr3: bigint;
  cr4: bigint;
  cr8: bigint;
  efer: bigint;
}

/**
 * Why a vCPU stopped running the guest. `interrupted` is the wall-clock limit or a kick, never the guest. `other` carries
 * an exit that has no decoding here, by its number (`KVM_EXIT_*`, linux/kvm.h).
 */
export type KvmExit =
  | {
      readonly kind: 'io';
      readonly direction: 'in' | 'out';
      readonly port: number;
      readonly size: number;
      readonly data: Buffer;
    }
  | { readonly kind: 'mmio'; readonly write: boolean; readonly address: bigint; readonly data: Buffer }
  | { readonly kind: 'hlt' }
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'fail-entry'; readonly hardwareReason: bigint }
  | { readonly kind: 'internal-error'; readonly suberror: number }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'other'; readonly reason: number };

/** The `/dev/kvm` half of the addon. Promises reject with `KvmError`. */
export interface KvmBinding {
  /** Opens the device and checks that its API version is 12. */
  kvmOpen(path: string): Promise<KvmHandle>;
  kvmClose(kvm: KvmHandle): Promise<void>;
  kvmGetApiVersion(kvm: KvmHandle): Promise<number>;
  /** 0 when the extension is not there, else 1 or the extension's own number. */
  kvmCheckExtension(kvm: KvmHandle, capability: number): Promise<number>;
  kvmGetSupportedCpuid(kvm: KvmHandle): Promise<CpuidEntry[]>;
  kvmGetMsrIndices(kvm: KvmHandle): Promise<MsrIndices>;
  kvmCreateVm(kvm: KvmHandle): Promise<VmHandle>;
  vmClose(vm: VmHandle): Promise<void>;
  /** Maps zeroed memory at a guest-physical address. The buffer stays valid as long as anyone holds it, also after the VM is closed. */
  vmAddMemory(vm: VmHandle, slot: number, guestAddress: number, bytes: number): Promise<ArrayBuffer>;
  vmCreateVcpu(vm: VmHandle, id: number): Promise<VcpuHandle>;
  vcpuClose(vcpu: VcpuHandle): Promise<void>;
  vcpuSetCpuid(vcpu: VcpuHandle, entries: readonly CpuidEntry[]): Promise<void>;
  vcpuGetRegs(vcpu: VcpuHandle): Promise<KvmRegisters>;
  vcpuSetRegs(vcpu: VcpuHandle, registers: KvmRegisters): Promise<void>;
  vcpuGetSregs(vcpu: VcpuHandle): Promise<KvmSystemRegisters>;
  vcpuSetSregs(vcpu: VcpuHandle, registers: KvmSystemRegisters): Promise<void>;
  /** Runs the guest until it exits, at most `timeoutMs` of wall-clock time. `input` answers the pending `in` exit. */
  vcpuRun(
    vcpu: VcpuHandle,
    timeoutMs: number,
    input: Uint8Array | undefined,
  ): Promise<{ exit: KvmExit; elapsedNs: number }>;
  /** Makes the present run end with `interrupted`; no effect when none is under way. */
  vcpuKick(vcpu: VcpuHandle): void;
  /** Runs `dec; jnz` that many times on the host's own CPU. @returns nanoseconds. */
  hostLoop(iterations: number): Promise<number>;
}
