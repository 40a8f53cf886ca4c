import { HalError, type HalErrorCode, type MachineEvent } from '@virtkit/hal';

/** Calls that a fault can hit. */
export const operations = [
  'capabilities',
  'define',
  'machine',
  'list',
  'start',
  'stop',
  'undefine',
  'observe',
  'spec',
  'pause',
  'resume',
  'reset',
  'softReboot',
  'console',
  'consoleLog',
  'vnc',
  'screenshot',
  'usb',
  'guestAgent',
  'attachDisk',
  'detachDisk',
  'changeMedium',
  'memoryDump',
  'statistics',
] as const;

/** A call that a fault can hit. */
export type Operation = (typeof operations)[number];

/** One scripted fault. */
export interface Fault {
  operation: Operation | 'any';
  /** Only calls about this machine. */
  machineId?: string;
  /** Which matching call it hits first, counted from 1 since it was injected. Default 1. */
  nth?: number;
  /** How many matching calls in a row it hits. Default 1. */
  times?: number;
  /** The error to raise; without it the call is only delayed. */
  code?: HalErrorCode;
  message?: string;
  /** Milliseconds by the host's scheduler before anything else. */
  delayMs?: number;
  /** `before` (default): the call has no effect. `after`: it takes effect and its answer is lost. */
  moment?: 'before' | 'after';
}

interface Injected {
  readonly fault: Fault;
  seen: number;
}

/** Everything that is to go wrong on a mock host. */
export class FaultPlan {
  readonly #injected = new Set<Injected>();
  #eventsToLose: ((event: MachineEvent) => boolean) | undefined;

  /** The returned function takes the fault back. */
  inject(fault: Fault): () => void {
    const injected = { fault, seen: 0 };
    this.#injected.add(injected);
    return () => void this.#injected.delete(injected);
  }

  /** loses, from now on, the events that `which` selects (default: all). */
  loseEvents(which: (event: MachineEvent) => boolean = () => true): void {
    this.#eventsToLose = which;
  }

  /** Ends the loss of events. */
  keepEvents(): void {
    this.#eventsToLose = undefined;
  }

  /** Takes back every fault and ends the loss of events. */
  clear(): void {
    this.#injected.clear();
    this.keepEvents();
  }

  /** Whether this event is to be lost; asked by the host. */
  loses(event: MachineEvent): boolean {
    return this.#eventsToLose?.(event) ?? false;
  }

  /** The first fault that hits this call, counting the call for every fault that matches it. */
  take(operation: Operation, machineId: string | undefined): Fault | undefined {
    let hit: Fault | undefined;
    for (const injected of this.#injected) {
      const { fault } = injected;
      if (fault.operation !== 'any' && fault.operation !== operation) continue;
      if (fault.machineId !== undefined && fault.machineId !== machineId) continue;
      injected.seen += 1;
      const first = fault.nth ?? 1;
      const last = first + (fault.times ?? 1) - 1;
      if (injected.seen >= last) this.#injected.delete(injected);
      if (injected.seen >= first) hit ??= fault;
    }
    return hit;
  }
}

/** The error that a fault raises, if any. */
export function errorOf(fault: Fault, operation: Operation): HalError | undefined {
  return fault.code === undefined
    ? undefined
    : new HalError(fault.code, fault.message ?? `scripted fault in ${operation}`);
}
