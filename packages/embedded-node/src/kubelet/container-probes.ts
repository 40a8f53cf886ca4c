import type { Container } from '@virtkit/core-types';
import type { Logger } from '@virtkit/controllers/runtime';
import type { ContainerProcess } from '../sandbox/container-process.ts';
import { Prober } from './prober.ts';

/** The probes of one start of a container. */
class StartProbes implements Disposable {
  readonly process: ContainerProcess;
  readonly readiness: Prober | undefined;
  readonly liveness: Prober | undefined;

  constructor(process: ContainerProcess, readiness: Prober | undefined, liveness: Prober | undefined) {
    this.process = process;
    this.readiness = readiness;
    this.liveness = liveness;
  }

  [Symbol.dispose](): void {
    this.readiness?.[Symbol.dispose]();
    this.liveness?.[Symbol.dispose]();
  }
}

/** The probes of a Pod's containers; they begin and end with each start of a container. */
export class ContainerProbes implements Disposable {
  readonly #byName = new Map<string, StartProbes>();
  readonly #root: boolean;
  readonly #logger: Logger;
  readonly #onChange: () => void;

  constructor(options: { root: boolean; logger: Logger; onChange: () => void }) {
    this.#root = options.root;
    this.#logger = options.logger;
    this.#onChange = options.onChange;
  }

  /** Probes this start of a container, and no earlier one. */
  follow(container: Container, process: ContainerProcess, address: string): void {
    const { name, readinessProbe, livenessProbe } = container;
    if (this.#byName.get(name)?.process === process) return;
    this.end(name);
    const target = { container, address, process, root: this.#root };
    const prober = (kind: string, probe: Container['readinessProbe'], initially: boolean) =>
      probe === undefined
        ? undefined
        : new Prober(probe, target, {
            initially,
            onChange: (healthy, result) => {
              if (!result.ok)
                this.#logger.info(`${kind} probe failed`, {
                  container: name,
                  healthy,
                  message: result.message,
                });
              this.#onChange();
            },
          });
    this.#byName.set(
      name,
      new StartProbes(
        process,
        prober('readiness', readinessProbe, false),
        prober('liveness', livenessProbe, true),
      ),
    );
  }

  end(name: string): void {
    this.#byName.get(name)?.[Symbol.dispose]();
    this.#byName.delete(name);
  }

  /** Whether a running container counts as ready. */
  ready(name: string): boolean {
    return this.#byName.get(name)?.readiness?.healthy ?? true;
  }

  /** Whether a running container is to be started again. */
  unhealthy(name: string): boolean {
    return this.#byName.get(name)?.liveness?.healthy === false;
  }

  /** Whether a first readiness result of some container is about to come, so that a status is better written with it. */
  get undecided(): boolean {
    return [...this.#byName.values()].some(({ readiness }) => readiness?.decided === false);
  }

  [Symbol.dispose](): void {
    for (const name of [...this.#byName.keys()]) this.end(name);
  }
}
