import type { GuestMemory, KvmVcpu } from './kvm.ts';
import type { KvmRegisters, KvmSegment } from './kvm-binding.ts';

/** Where a guest begins, as guest-physical addresses. */
export interface EntryPoint {
  readonly instruction: number;
  readonly stack: number;
}

/** Bit 1 of RFLAGS is always set (Intel SDM vol. 1, 3.4.3). */
const RFLAGS_RESERVED = 2n;

const NO_REGISTERS: KvmRegisters = {
  rax: 0n,
  rbx: 0n,
  rcx: 0n,
  rdx: 0n,
  rsi: 0n,
  rdi: 0n,
  rsp: 0n,
  rbp: 0n,
  r8: 0n,
  r9: 0n,
  r10: 0n,
  r11: 0n,
  r12: 0n,
  r13: 0n,
  r14: 0n,
  r15: 0n,
  rip: 0n,
  rflags: RFLAGS_RESERVED,
};

/** Prepares a fresh vCPU to run 16-bit code in the first 64 KiB. */
export async function enterRealMode(vcpu: KvmVcpu, entry: EntryPoint): Promise<void> {
  const system = await vcpu.systemRegisters();
  for (const segment of [system.cs, system.ds, system.es, system.ss]) {
    segment.base = 0n;
    segment.selector = 0;
  }
  await vcpu.setSystemRegisters(system);
  await setEntry(vcpu, entry);
}

const PAGE = 4096;
/** Page table entry bits (Intel SDM vol. 3, 4.5): present and writable; with `PS` an entry maps 2 MiB itself. */
const PRESENT_WRITABLE = 0x3n;
const LARGE = 0x80n;
const LARGE_PAGE = 0x20_0000n;

/** Control register and EFER bits of 64-bit mode (Intel SDM vol. 3, 2.5 and 10.8.5). */
const CR0 = 0x8005_0033n; // PG AM WP NE ET MP PE
const CR4 = 0x20n; // PAE
const EFER = 0x500n; // LMA LME

/**
 * Prepares a fresh vCPU to run 64-bit code in ring 0, with the first GiB mapped one to one.
 * `pageTables`: address in `memory` of three pages for the tables; a multiple of 4096.
 */
export async function enterLongMode(
  vcpu: KvmVcpu,
  memory: GuestMemory,
  entry: EntryPoint & { readonly pageTables: number },
): Promise<void> {
  writePageTables(memory, entry.pageTables);
  const system = await vcpu.systemRegisters();
  system.cr0 = CR0;
  system.cr3 = BigInt(entry.pageTables);
  system.cr4 = CR4;
  system.efer = EFER;
  system.cs = flatSegment({ selector: 8, type: 11, l: 1, db: 0 }); // code, execute and read, accessed
  const data = flatSegment({ selector: 16, type: 3, l: 0, db: 1 }); // data, read and write, accessed
  for (const name of ['ds', 'es', 'fs', 'gs', 'ss'] as const) system[name] = data;
  await vcpu.setSystemRegisters(system);
  await setEntry(vcpu, entry);
}

function writePageTables(memory: GuestMemory, address: number): void {
  const view = new DataView(memory.buffer);
  const at = (table: number, index: number) => address - memory.guestAddress + table * PAGE + index * 8;
  view.setBigUint64(at(0, 0), BigInt(address + PAGE) | PRESENT_WRITABLE, true);
  view.setBigUint64(at(1, 0), BigInt(address + 2 * PAGE) | PRESENT_WRITABLE, true);
  for (let i = 0; i < 512; i++) {
    view.setBigUint64(at(2, i), (BigInt(i) * LARGE_PAGE) | LARGE | PRESENT_WRITABLE, true);
  }
}

function flatSegment(own: Pick<KvmSegment, 'selector' | 'type' | 'l' | 'db'>): KvmSegment {
  return { base: 0n, limit: 0xffff_ffff, present: 1, dpl: 0, s: 1, g: 1, avl: 0, unusable: 0, ...own };
}

async function setEntry(vcpu: KvmVcpu, entry: EntryPoint): Promise<void> {
  await vcpu.setRegisters({ ...NO_REGISTERS, rip: BigInt(entry.instruction), rsp: BigInt(entry.stack) });
}
