import { listLaunchers } from './launchers.ts';
import { listProcesses, type ProcessEntry } from './processes.ts';

const intervalMs = 250;
/** How long a launcher that has ended its machine may take to end itself while the next run already starts. */
const launcherOverlapMs = 5_000;

/** The name of the machine that a QEMU runs: the part after the namespace in `-name guest=NAMESPACE_NAME,...`. */
function machineOf({ command }: ProcessEntry): string | undefined {
  if (command[0]?.includes('qemu-system') !== true) return undefined;
  const guest = command[command.indexOf('-name') + 1];
  return /^guest=[^_,]+_([^,]+)/.exec(guest ?? '')?.[1];
}

/**
 * Looks at the machine's processes all the time, for machines that have two QEMUs at once, or two launchers for longer than
 * the first one takes to end once its machine is gone.
 */
export class SecondProcessWatch implements Disposable {
  readonly violations: string[] = [];
  readonly #machines: ReadonlySet<string>;
  readonly #timer: NodeJS.Timeout;
  /** Since when pairs of processes have been seen together, by their pids. */
  readonly #together = new Map<string, number>();

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
    this.#check('QEMU', emulators, 0);
    this.#check('launcher', launchers, launcherOverlapMs);
  }

  #check(what: string, found: readonly { machine: string; pid: number }[], toleratedMs: number): void {
    for (const [machine, several] of Map.groupBy(found, ({ machine: name }) => name)) {
      if (several.length < 2 || !this.#machines.has(machine)) continue;
      const pids = several.map(({ pid }) => pid).join(' and ');
      const since = this.#together.get(pids) ?? performance.now();
      this.#together.set(pids, since);
      const violation = `${machine} has ${what} ${pids}`;
      if (performance.now() - since >= toleratedMs && !this.violations.includes(violation))
        this.violations.push(violation);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
