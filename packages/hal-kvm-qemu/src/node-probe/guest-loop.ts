import { enterLongMode, hostLoop, type Kvm, type KvmExit } from '../native/index.ts';

/** Layout of the probe's guest: page tables in three pages, the stack below the code. */
const MEMORY = 0x20_0000;
const PAGE_TABLES = 0x2000;
const STACK = 0x8000;
const CODE = 0x1_0000;
const DONE_PORT = 0x10;

/** Where in the program the loop itself lies, and the immediate operand with the number of iterations. */
const LOOP_BEGIN = 7;
const LOOP_END = 12;
const ITERATIONS_OPERAND = 3;

/** `mov rcx, n; 1: dec rcx; jnz 1b; out DONE_PORT, al; jmp start` */
function loopProgram(iterations: number): Uint8Array {
  const program = Uint8Array.of(
    ...[0x48, 0xc7, 0xc1, 0, 0, 0, 0],
    ...[0x48, 0xff, 0xc9],
    ...[0x75, 0xfb],
    ...[0xe6, DONE_PORT],
    ...[0xeb, 0xf0],
  );
  new DataView(program.buffer).setInt32(ITERATIONS_OPERAND, iterations, true);
  return program;
}

/** What one measured run of the loop showed. */
export type LoopResult =
  | { readonly outcome: 'finished'; readonly iterations: number; readonly elapsedNs: number }
  /** The time was over after this many iterations. */
  | { readonly outcome: 'stopped'; readonly iterations: number; readonly elapsedNs: number }
  /** The guest did something that the program does not do. */
  | { readonly outcome: 'failed'; readonly exit: KvmExit };

/** A 64-bit guest that runs `dec; jnz` and reports the end of each loop with an `out`. */
export class GuestLoop implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;
  readonly #vcpu: Awaited<ReturnType<typeof startGuest>>['vcpu'];
  readonly #code: DataView;

  private constructor(resources: AsyncDisposableStack, guest: Awaited<ReturnType<typeof startGuest>>) {
    this.#resources = resources;
    this.#vcpu = guest.vcpu;
    this.#code = guest.code;
  }

  /** @throws KvmError when the kernel refuses any part of such a guest */
  static async start(kvm: Kvm): Promise<GuestLoop> {
    await using resources = new AsyncDisposableStack();
    const guest = await startGuest(kvm, resources);
    return new GuestLoop(resources.move(), guest);
  }

  /** Runs the loop from its beginning. `iterations` below 2^31. The pending `out` of the run before is completed first. */
  async run(iterations: number, timeoutMs: number, signal?: AbortSignal): Promise<LoopResult> {
    this.#code.setInt32(ITERATIONS_OPERAND, iterations, true);
    const { exit, elapsedNs } = await this.#vcpu.run({ timeoutMs, signal });
    if (exit.kind === 'io' && exit.port === DONE_PORT) return { outcome: 'finished', iterations, elapsedNs };
    if (exit.kind !== 'interrupted') return { outcome: 'failed', exit };
    const { rip, rcx } = await this.#vcpu.registers();
    // Before the loop begins, the counter is still that of the run before.
    const inLoop = rip >= BigInt(CODE + LOOP_BEGIN) && rip < BigInt(CODE + LOOP_END);
    return { outcome: 'stopped', iterations: inLoop ? iterations - Number(rcx) : 0, elapsedNs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

async function startGuest(kvm: Kvm, resources: AsyncDisposableStack) {
  const vm = resources.use(await kvm.createVm());
  const memory = await vm.addMemory(0, 0, MEMORY);
  const program = loopProgram(1);
  new Uint8Array(memory.buffer).set(program, CODE);
  const vcpu = resources.use(await vm.createVcpu(0));
  await vcpu.setCpuid(await kvm.supportedCpuid());
  await enterLongMode(vcpu, memory, { instruction: CODE, stack: STACK, pageTables: PAGE_TABLES });
  return { vcpu, code: new DataView(memory.buffer, CODE, program.length) };
}

/** The host's speed at the same loop, iterations per second; the best of a few short runs, since others use the CPU too. */
export async function hostIterationsPerSecond(): Promise<number> {
  const iterations = 5_000_000;
  let best = Infinity;
  for (let round = 0; round < 3; round++) best = Math.min(best, await hostLoop(iterations));
  return (iterations / best) * 1e9;
}
