// KVM: guests that are stopped, closed and lost while they run. Needs /dev/kvm.
import { enterRealMode, Kvm, loadBinding } from '../../../src/native/index.ts';
import { mayBeRefused } from './refused.ts';

const live = () => {
  const { kvms, vms, vcpus, calls } = loadBinding().liveHandles();
  return { kvms, vms, vcpus, calls };
};

/** A guest with these bytes as its program, ready to run. */
async function guest(program: number[]) {
  const kvm = await Kvm.open();
  const vm = await kvm.createVm();
  const memory = await vm.addMemory(0, 0, 0x20_0000);
  new Uint8Array(memory.buffer).set(program, 0x1000);
  const vcpu = await vm.createVcpu(0);
  await enterRealMode(vcpu, { instruction: 0x1000, stack: 0x8000 });
  return { kvm, vm, vcpu, memory };
}
const endless = [0xeb, 0xfe]; // jmp self
const output = [0xb8, 0x41, 0, 0xe6, 0x10, 0xf4]; // mov ax,'A'; out 10h,al; hlt

for (let i = 0; i < 10; i++) {
  const { kvm, vm, vcpu, memory } = await guest(output);
  await vcpu.run();
  await vcpu.run();
  await vcpu.registers();
  if (i % 2 === 0) continue; // Left to the garbage collector.
  await Promise.all([vcpu[Symbol.asyncDispose](), vm[Symbol.asyncDispose](), kvm[Symbol.asyncDispose]()]);
  globalThis.gc!();
  if (new Uint8Array(memory.buffer)[0x1000] !== 0xb8) throw new Error('the memory did not outlive its VM');
}
for (let i = 0; i < 10; i++) {
  const { kvm, vm, vcpu } = await guest(endless);
  const running = mayBeRefused(vcpu.run({ timeoutMs: i % 2 === 0 ? 5 : 60_000 }), 'closed');
  await Promise.all([
    vm[Symbol.asyncDispose](),
    vcpu[Symbol.asyncDispose](),
    kvm[Symbol.asyncDispose](),
    running,
  ]);
}
const deadline = performance.now() + 20_000;
while (Object.values(live()).some((count) => count > 0) && performance.now() < deadline) {
  globalThis.gc!();
  await new Promise((resolve) => setImmediate(resolve));
}
console.log(JSON.stringify(live()));
