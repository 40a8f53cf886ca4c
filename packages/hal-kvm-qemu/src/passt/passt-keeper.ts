import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { InterfaceProcess, MachineSpec } from '@virtkit/hal';
import type { MachineDirectory } from '../machine/machine-directory.ts';
import type { Owner } from '../ownership.ts';
import { isPasst, type PasstInterface } from './arguments.ts';
import { runningPasst, startPasst, type PasstPlace, type RunningPasst } from './passt-process.ts';

/** First pause before a passt that ended is replaced, in milliseconds; it doubles up to the second figure. */
const firstPause = 250;
const longestPause = 30_000;
/** One that ran this long was well: the next pause is a first one again, in milliseconds. */
const wellAfter = 60_000;
/** How often one is looked at that an earlier process started, in milliseconds. */
const lookEvery = 1_000;

export interface PasstKeeperOptions {
  /** Tells that what is known of a machine's interfaces changed. */
  changed: (machineId: string) => void;
  owner?: Owner | undefined;
  runDir: string;
}

/** What is known of one interface's process. */
interface Kept {
  readonly nic: PasstInterface;
  readonly place: PasstPlace;
  /** Until the first one runs nobody misses it. */
  state: 'starting' | 'running' | 'ended';
  lastFailure?: NonNullable<InterfaceProcess['lastFailure']>;
  pause: number;
  timer?: NodeJS.Timeout;
}

/**
 * Keeps a passt behind each interface that asks for one, for libvirts that do not start it themselves. QEMU waits on a socket for
 * each; whoever connects carries the packets, so a passt that died is replaced under the running guest. A passt ends when its QEMU
 * does, and outlives this process with it.
 */
export class PasstKeeper implements Disposable {
  readonly #options: PasstKeeperOptions;
  readonly #machines = new Map<string, Kept[]>();

  constructor(options: PasstKeeperOptions) {
    this.#options = options;
  }

  /** On which QEMU is to wait, by interface. Their paths are short whatever the ids are. */
  sockets({ id, interfaces }: MachineSpec): Map<string, string> {
    return new Map(interfaces.filter(isPasst).map((nic) => [nic.id, this.#socket(id, nic.id)]));
  }

  /** Of a machine whose QEMU is about to start. */
  expect(spec: MachineSpec, directory: MachineDirectory): void {
    this.forget(spec.id);
    this.#machines.set(spec.id, this.#all(spec, directory));
  }

  /**
   * Starts what is expected, now that QEMU waits.
   * @throws HalError when a passt does not start
   */
  async connect({ id }: MachineSpec): Promise<void> {
    for (const kept of this.#machines.get(id) ?? []) {
      const running = await startPasst(kept.nic, kept.place);
      if (running !== undefined) this.#follow(id, kept, running);
    }
  }

  /** What is known of the processes of a running machine, by interface. Those that an earlier process started are found again. */
  async processes(
    spec: MachineSpec,
    directory: MachineDirectory,
  ): Promise<ReadonlyMap<string, InterfaceProcess>> {
    if (!this.#machines.has(spec.id)) {
      const all = this.#all(spec, directory);
      this.#machines.set(spec.id, all);
      for (const kept of all) {
        const pid = await runningPasst(kept.place.files.pid);
        if (pid === undefined) this.#replaceLater(spec.id, kept);
        else this.#follow(spec.id, kept, { ended: this.#endOf(kept) });
      }
    }
    return new Map(
      (this.#machines.get(spec.id) ?? []).map(({ nic, state, lastFailure }) => [
        nic.id,
        { running: state !== 'ended', ...(lastFailure && { lastFailure }) },
      ]),
    );
  }

  /** Of a machine that has ended. */
  forget(machineId: string): void {
    for (const { timer } of this.#machines.get(machineId) ?? []) clearTimeout(timer);
    this.#machines.delete(machineId);
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#machines.keys()]) this.forget(id);
  }

  #socket(machineId: string, interfaceId: string): string {
    const name = createHash('sha256').update(`${machineId}/${interfaceId}`).digest('hex').slice(0, 12);
    return join(this.#options.runDir, `passt-${name}`);
  }

  #all({ id, interfaces }: MachineSpec, directory: MachineDirectory): Kept[] {
    return interfaces.filter(isPasst).map((nic, index) => ({
      nic,
      state: 'starting',
      pause: firstPause,
      place: {
        socket: this.#socket(id, nic.id),
        owner: this.#options.owner,
        files: {
          log: nic.backend.logPath ?? join(directory.path, `passt-${index}.log`),
          pid: join(directory.path, `passt-${index}.pid`),
        },
      },
    }));
  }

  #follow(machineId: string, kept: Kept, { ended }: Pick<RunningPasst, 'ended'>): void {
    const startedAt = performance.now();
    kept.state = 'running';
    const told = ended.catch((error: unknown) => `cannot be followed: ${String(error)}`);
    void told.then((how) => {
      if (!this.#isKept(machineId, kept)) return;
      if (performance.now() - startedAt >= wellAfter) kept.pause = firstPause;
      this.#replaceLater(machineId, kept, how);
    });
  }

  /** Whether QEMU is still there shows when it is connected to: one that has gone ended its passt. */
  #replaceLater(machineId: string, kept: Kept, how?: string): void {
    kept.state = 'ended';
    kept.timer = setTimeout(() => void this.#replace(machineId, kept, how), kept.pause);
    kept.timer.unref();
    kept.pause = Math.min(kept.pause * 2, longestPause);
  }

  async #replace(machineId: string, kept: Kept, how: string | undefined): Promise<void> {
    try {
      const running = await startPasst(kept.nic, kept.place);
      if (running === undefined) return;
      if (!this.#isKept(machineId, kept)) {
        process.kill(running.pid);
        return;
      }
      if (how !== undefined) this.#failed(kept, `passt of interface ${kept.nic.id} ${how}`);
      this.#follow(machineId, kept, running);
    } catch (error) {
      if (!this.#isKept(machineId, kept)) return;
      this.#failed(kept, error instanceof Error ? error.message : String(error));
      this.#replaceLater(machineId, kept);
    }
    this.#options.changed(machineId);
  }

  #failed(kept: Kept, message: string): void {
    kept.lastFailure = { at: new Date().toISOString(), message };
  }

  #isKept(machineId: string, kept: Kept): boolean {
    return this.#machines.get(machineId)?.includes(kept) === true;
  }

  /** Of a process that is not this one's child. */
  async #endOf(kept: Kept): Promise<string> {
    while ((await runningPasst(kept.place.files.pid)) !== undefined)
      await wait(lookEvery, undefined, { ref: false });
    return 'ended';
  }
}
