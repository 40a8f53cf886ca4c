import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { HalError, type Hypervisor, type Machine } from '@virtkit/hal';
import { errorDetails, type Log } from '../log.ts';
import { terminationStep } from './termination.ts';

export interface WatchMachinesOptions {
  hypervisor: Hypervisor;
  log: Log;
  graceSeconds: number;
  /** Aborts when the program was told to end. */
  termination: AbortSignal;
}

/** Events are hints and can be lost, so the machines are looked at this often at least. */
const lookAfterMs = 5_000;
const lookAfterWhenEndingMs = 500;

/** What is remembered of a machine while the launcher is ending. */
interface Ending {
  asked: boolean;
  stoppedAt: number | undefined;
}

/**
 * Resolves when the launcher's work is over: its machine was there and is undefined, or it was told to end and there is
 * no machine (left). Once told to end it sees to that itself, if nobody else does.
 */
export async function watchMachines(options: WatchMachinesOptions): Promise<void> {
  const { hypervisor, log, termination } = options;
  const ending = new Map<string, Ending>();
  const over = new AbortController();
  const events = hypervisor.events({ signal: over.signal })[Symbol.asyncIterator]();
  let requestedAt: number | undefined;
  let seen = false;
  try {
    let hint = events.next();
    for (;;) {
      if (termination.aborted) requestedAt ??= performance.now();
      try {
        const machines = await hypervisor.list();
        seen ||= machines.length > 0;
        if (machines.length === 0 && (seen || requestedAt !== undefined)) return;
        for (const { id } of requestedAt === undefined ? [] : machines) {
          const machine = await hypervisor.machine(id);
          if (machine) await endMachine(machine, requestedAt!, ending, options);
        }
      } catch (error) {
        // The hypervisor may be reached again; a launcher that gave up now would take a running guest with it.
        if (!(error instanceof HalError)) throw error;
        log('warn', 'the hypervisor could not be asked about its machines', errorDetails(error));
      }
      const woken = await sleep(hint, requestedAt === undefined ? termination : undefined);
      if (woken === 'hint') hint = events.next();
      if (woken === 'ended') hint = new Promise(() => undefined);
    }
  } finally {
    over.abort();
  }
}

async function endMachine(
  machine: Machine,
  requestedAt: number,
  ending: Map<string, Ending>,
  { graceSeconds, log }: WatchMachinesOptions,
): Promise<void> {
  const memory = ending.get(machine.id) ?? { asked: false, stoppedAt: undefined };
  ending.set(machine.id, memory);
  const { state } = await machine.observe();
  if (state.kind === 'stopped') memory.stoppedAt ??= performance.now();
  const step = terminationStep({
    state,
    graceSeconds,
    sinceRequest: secondsSince(requestedAt),
    sinceStopped: memory.stoppedAt === undefined ? 0 : secondsSince(memory.stoppedAt),
    asked: memory.asked,
  });
  if (step === 'wait') return;
  log('info', `ending the machine: ${step}`, { id: machine.id, state });
  switch (step) {
    case 'ask':
      memory.asked = true;
      return machine.stop('graceful');
    case 'force':
      return machine.stop('force');
    case 'undefine':
      return machine.undefine();
  }
}

/** Waits for a hint, for the end of hints, for the order to end, or for some time. */
async function sleep(
  hint: Promise<IteratorResult<unknown>>,
  termination: AbortSignal | undefined,
): Promise<'hint' | 'ended' | 'time'> {
  const done = new AbortController();
  const { signal } = done;
  try {
    return await Promise.race([
      hint.then(({ done }) => (done ? 'ended' : 'hint')),
      wait(termination ? lookAfterMs : lookAfterWhenEndingMs, 'time' as const, { signal }),
      ...(termination && !termination.aborted
        ? [once(termination, 'abort', { signal }).then(() => 'time' as const)]
        : []),
    ]);
  } finally {
    done.abort();
  }
}

function secondsSince(moment: number): number {
  return (performance.now() - moment) / 1000;
}
