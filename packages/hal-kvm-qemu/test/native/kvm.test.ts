import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requires } from '@virtkit/testing';
import {
  enterLongMode,
  enterRealMode,
  hostLoop,
  Kvm,
  type KvmError,
  KvmVcpu,
  loadBinding,
} from '../../src/native/index.ts';

const code = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: unknown) => (error as KvmError).code,
  );
const present = existsSync('/dev/kvm');

afterEach(() => {
  expect(loadBinding().liveHandles()).toMatchObject({ kvms: 0, vms: 0, vcpus: 0, calls: 0 });
});

/** A VM with 2 MiB of memory and this program at 0x1000. */
async function guestWith(program: number[], resources: AsyncDisposableStack) {
  const kvm = resources.use(await Kvm.open());
  const vm = resources.use(await kvm.createVm());
  const memory = await vm.addMemory(0, 0, 0x20_0000);
  new Uint8Array(memory.buffer).set(program, 0x1000);
  const vcpu = resources.use(await vm.createVcpu(0));
  return { kvm, vm, memory, vcpu };
}
const ENTRY = { instruction: 0x1000, stack: 0x8000 };

describe('opening', () => {
  it('says that there is no KVM', async () => {
    expect(await code(Kvm.open({ device: '/nonexistent/kvm' }))).toBe('absent');
    expect(await code(Kvm.open({ device: '/dev/null' }))).toBe('absent');
    if (!present) expect(await code(Kvm.open())).toBe('absent');
  });

  it('says that it is forbidden', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vk-kvm-'));
    const device = join(folder, 'kvm');
    await writeFile(device, '');
    await chmod(device, 0o000);
    // Root may open anything, and finds then that this is no device at all.
    expect(await code(Kvm.open({ device }))).toBe(process.getuid?.() === 0 ? 'absent' : 'forbidden');
    await rm(folder, { recursive: true });
  });

  it('refuses handles of another kind', async () => {
    const binding = loadBinding();
    expect(await code(binding.kvmGetApiVersion({} as never))).toBe('invalid-handle');
    expect(await code(binding.vcpuRun(undefined as never, 1, undefined))).toBe('invalid-handle');
    expect(() => binding.vcpuKick(7 as never)).toThrow(expect.objectContaining({ code: 'invalid-handle' }));
  });
});

describe('with /dev/kvm', () => {
  beforeEach((context) => requires(context, { kind: 'device', path: '/dev/kvm' }));

  it('tells its features', async () => {
    await using kvm = await Kvm.open();
    expect(await kvm.apiVersion()).toBe(12);
    expect(await kvm.checkExtension(3)).toBe(1); // KVM_CAP_USER_MEMORY
    expect(await kvm.checkExtension(100_000)).toBe(0);
    const cpuid = await kvm.supportedCpuid();
    expect(cpuid.some((entry) => entry.function === 1)).toBe(true);
    const { saved, features } = await kvm.msrIndices();
    expect(saved.length).toBeGreaterThan(0);
    expect(features).toEqual(expect.any(Array));
  });

  it('runs real mode code up to an output and a halt', async () => {
    await using resources = new AsyncDisposableStack();
    // mov ax,3; mov bx,4; add ax,bx; add al,'0'; out 10h,al; hlt
    const program = [0xb8, 3, 0, 0xbb, 4, 0, 0x01, 0xd8, 0x04, 0x30, 0xe6, 0x10, 0xf4];
    const { vcpu } = await guestWith(program, resources);
    await enterRealMode(vcpu, ENTRY);
    const { exit } = await vcpu.run();
    expect(exit).toEqual({ kind: 'io', direction: 'out', port: 0x10, size: 1, data: Buffer.from('7') });
    expect((await vcpu.run()).exit).toEqual({ kind: 'hlt' });
  });

  it('answers what the guest reads', async () => {
    await using resources = new AsyncDisposableStack();
    // in al,10h; add al,1; out 11h,al; hlt
    const { vcpu } = await guestWith([0xe4, 0x10, 0x04, 1, 0xe6, 0x11, 0xf4], resources);
    await enterRealMode(vcpu, ENTRY);
    expect((await vcpu.run()).exit).toMatchObject({ kind: 'io', direction: 'in', port: 0x10, size: 1 });
    expect(await code(vcpu.run({ input: Buffer.alloc(4) }))).toBe('invalid-argument');
    const { exit } = await vcpu.run({ input: Buffer.from([41]) });
    expect(exit).toMatchObject({ kind: 'io', direction: 'out', data: Buffer.from([42]) });
  });

  it('runs 64-bit code, with memory that outlives the VM', async () => {
    let buffer: ArrayBuffer;
    {
      await using resources = new AsyncDisposableStack();
      // mov rax, 1122334455667788h; mov [3000h], rax; hlt
      const store = [0x48, 0xa3, 0, 0x30, 0, 0, 0, 0, 0, 0];
      const program = [0x48, 0xb8, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, ...store, 0xf4];
      const { kvm, vcpu, memory } = await guestWith(program, resources);
      await vcpu.setCpuid(await kvm.supportedCpuid());
      await enterLongMode(vcpu, memory, { ...ENTRY, pageTables: 0x10_000 });
      expect((await vcpu.run()).exit).toEqual({ kind: 'hlt' });
      expect((await vcpu.registers()).rax).toBe(0x1122334455667788n);
      expect((await vcpu.systemRegisters()).efer).toBe(0x500n);
      buffer = memory.buffer;
    }
    globalThis.gc!();
    expect(new DataView(buffer).getBigUint64(0x3000, true)).toBe(0x1122334455667788n);
  });

  it('tells access to what is no memory', async () => {
    await using resources = new AsyncDisposableStack();
    // mov ax, a000h... : mov eax with address size prefix: mov byte [400000h], 5 in 64-bit mode: c6 04 25 imm32 imm8
    const { vcpu, memory } = await guestWith([0xc6, 0x04, 0x25, 0, 0, 0x40, 0, 5, 0xf4], resources);
    await enterLongMode(vcpu, memory, { ...ENTRY, pageTables: 0x10_000 });
    const { exit } = await vcpu.run();
    expect(exit).toEqual({ kind: 'mmio', write: true, address: 0x40_0000n, data: Buffer.from([5]) });
  });

  it('stops a guest that never ends: time, kick, abort, close', async () => {
    await using resources = new AsyncDisposableStack();
    const { vcpu } = await guestWith([0xeb, 0xfe], resources); // jmp self
    await enterRealMode(vcpu, ENTRY);
    const { exit, elapsedNs } = await vcpu.run({ timeoutMs: 20 });
    expect(exit).toEqual({ kind: 'interrupted' });
    expect(elapsedNs).toBeGreaterThan(15e6);

    const controller = new AbortController();
    const aborted = vcpu.run({ timeoutMs: 60_000, signal: controller.signal });
    expect(await busyCode(vcpu)).toBe('busy');
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);

    const running = vcpu.run({ timeoutMs: 60_000 });
    expect(await busyCode(vcpu)).toBe('busy');
    await vcpu[Symbol.asyncDispose]();
    expect((await running).exit).toEqual({ kind: 'interrupted' });
    expect(await code(vcpu.run())).toBe('closed');
  });

  it('frees what nobody closed', async () => {
    await (async () => guestWith([0xf4], new AsyncDisposableStack()))();
    for (let i = 0; i < 1000 && loadBinding().liveHandles().vcpus > 0; i++) {
      globalThis.gc!();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});

/** What another call on a vCPU gets once its run has begun. */
async function busyCode(vcpu: KvmVcpu): Promise<string> {
  for (;;) {
    const answer = await code(vcpu.registers());
    if (answer !== 'no error') return answer;
  }
}

it('measures the host', async () => {
  expect(await hostLoop(1_000_000)).toBeGreaterThan(1000);
  expect(await code(hostLoop(0))).toBe('invalid-argument');
});
