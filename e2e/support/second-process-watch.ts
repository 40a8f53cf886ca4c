import { listLaunchers } from './launchers.ts';
import { listProcesses, type ProcessEntry } from './processes.ts';

const intervalMs = 250;

/** The name of the machine that a QEMU runs: the part after the namespace in `-name guest=NAMESPACE_NAME,...`. */
function machineOf({ command }: ProcessEntry): string | undefined {
  if (command[0]?.includes('qemu-system') !== true) return undefined;
  const guest = command[command.indexOf('-name') + 1];
  return /^guest=[^_,]+_([^,]+)/.exec(guest ?? '')?.[1];
}

/**
 * Looks at the machine's processes all the time, for machines that have two QEMUs or two launchers at once. A process that
 * appears twice in one look is one that lives twice: /proc is read faster than a machine starts.
 */
export class SecondProcessWatch implements Disposable {
  readonly violations: string[] = [];
  readonly #machines: ReadonlySet<string>;
  readonly #timer: NodeJS.Timeout;

  constructor(machines: ReadonlySet<string>) {
    this.#machines = machines;
    this.#timer = setInterval(() => this.#look(), intervalMs);
  }

  #look(): void {
    const processes = listProcesses();
    const emulators = processes.flatMap((entry) => {
      const machine = machineOf(entry);
      return machine === undefined ? [] : [{ machine, pid: entry.pid }];
    });
    const launchers = listLaunchers(processes).map(({ name, pid }) => ({ machine: name, pid }));
    this.#check('QEMU', emulators);
    this.#check('launcher', launchers);
  }

  #check(what: string, found: readonly { machine: string; pid: number }[]): void {
    for (const [machine, several] of Map.groupBy(found, ({ machine: name }) => name)) {
      if (several.length > 1 && this.#machines.has(machine))
        this.violations.push(`${machine} has ${what} ${several.map(({ pid }) => pid).join(' and ')}`);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
