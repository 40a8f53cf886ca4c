import type { ContainerProbe } from '@virtkit/core-types';
import { runProbe, type ProbeResult, type ProbeTarget } from './probe-action.ts';

/** Counts results in a row against a probe's thresholds. Pure but for its own state. */
export class ProbeThreshold {
  readonly #probe: ContainerProbe;
  #healthy: boolean;
  #row = 0;
  #last: boolean | undefined;

  /** @param initially what holds before the first result: readiness starts false, liveness true. */
  constructor(probe: ContainerProbe, initially: boolean) {
    this.#probe = probe;
    this.#healthy = initially;
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** Takes a result. Gives true when the verdict changed. */
  add(ok: boolean): boolean {
    this.#row = this.#last === ok ? this.#row + 1 : 1;
    this.#last = ok;
    const needed = ok ? (this.#probe.successThreshold ?? 1) : (this.#probe.failureThreshold ?? 3);
    if (this.#healthy === ok || this.#row < needed) return false;
    this.#healthy = ok;
    return true;
  }
}

/** Probes one container again and again until it is disposed. */
export class Prober implements Disposable {
  readonly #probe: ContainerProbe;
  readonly #target: ProbeTarget;
  readonly #threshold: ProbeThreshold;
  readonly #onChange: (healthy: boolean, result: ProbeResult) => void;
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  /** Whether a first result is there. */
  #decided = false;

  constructor(
    probe: ContainerProbe,
    target: ProbeTarget,
    options: { initially: boolean; onChange: (healthy: boolean, result: ProbeResult) => void },
  ) {
    this.#probe = probe;
    this.#target = target;
    this.#threshold = new ProbeThreshold(probe, options.initially);
    this.#onChange = options.onChange;
    this.#schedule((probe.initialDelaySeconds ?? 0) * 1000);
  }

  get healthy(): boolean {
    return this.#threshold.healthy;
  }

  get decided(): boolean {
    return this.#decided;
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  #schedule(delay: number): void {
    if (this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#run(), delay);
  }

  async #run(): Promise<void> {
    let result: ProbeResult;
    try {
      result = await runProbe(this.#probe, this.#target, this.#abort.signal);
    } catch (error) {
      result = { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
    if (this.#abort.signal.aborted) return;
    const first = !this.#decided;
    this.#decided = true;
    if (this.#threshold.add(result.ok) || first) this.#onChange(this.#threshold.healthy, result);
    this.#schedule((this.#probe.periodSeconds ?? 10) * 1000);
  }
}
