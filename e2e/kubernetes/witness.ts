import { setTimeout as delay } from 'node:timers/promises';
import type { Pod, VirtualMachineInstance } from '@virtkit/core-types';
import { InformerCache } from '@virtkit/controllers/runtime';
import { resources } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';

/** What was seen of one machine. */
export interface Sightings {
  /** `PHASE UID` of its instance, and `PHASE UID RESTARTS` of its launcher, in the order in which they came up. */
  readonly instance: string[];
  readonly launcher: string[];
}

/** Sees every change of some machines and their launchers while it watches, whatever happens to the watches themselves. */
export class Witness implements AsyncDisposable {
  readonly seen: Readonly<Record<string, Sightings>>;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  /** @param client whose default namespace the machines are in */
  constructor(client: Client, namespace: string, machines: readonly string[]) {
    this.seen = Object.fromEntries(machines.map((name) => [name, { instance: [], launcher: [] }]));
    const cache = new InformerCache({ client, namespace });
    const instances = cache.informer(resources.virtualMachineInstances);
    instances.listen(({ kind, object }) => {
      const list = this.seen[object.metadata.name ?? '']?.instance;
      if (list !== undefined) note(list, kind === 'deleted' ? 'gone' : ofInstance(object));
    });
    const pods = cache.informer(resources.pods, { labelSelector: 'kubevirt.io=virt-launcher' });
    pods.listen(({ kind, object }) => {
      const list = this.seen[object.metadata.annotations?.['kubevirt.io/domain'] ?? '']?.launcher;
      if (list !== undefined) note(list, kind === 'deleted' ? 'gone' : ofPod(object));
    });
    this.#running = cache.run(this.#stop.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

function note(list: string[], sight: string): void {
  if (!list.includes(sight)) list.push(sight);
}

function ofInstance({ metadata, status }: VirtualMachineInstance): string {
  return `${status?.phase ?? ''} ${metadata.uid ?? ''}`;
}

function ofPod({ metadata, status }: Pod): string {
  const restarts = status?.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0;
  return `${status?.phase ?? ''} ${metadata.uid ?? ''} ${restarts}`;
}

/** User data of a guest that writes its uptime once a second to the page `/ticks` of its web server. */
export const tickingGuest =
  '#!/bin/sh\nmkdir -p /www\n( while :; do cut -d" " -f1 /proc/uptime >> /www/ticks; sleep 1; done ) &\n';

/** How a guest that ticks went on. */
export interface Ticks {
  /** Seconds that the guest counted between the first and the last tick that were asked for. */
  readonly guestSeconds: number;
  /** The longest time between two ticks, by the guest's own clock, in seconds. */
  readonly longestPause: number;
  /** The longest time in which no new connection was answered, in seconds. */
  readonly longestSilence: number;
  readonly answers: number;
  /** The guest began again. */
  readonly restarted: boolean;
}

/** Asks a guest that ticks for its page again and again, each time by a new connection. */
export class TickReader implements AsyncDisposable {
  readonly #url: string;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #ticks: number[] = [];
  #first: number | undefined;
  #answers = 0;
  #answeredAt = performance.now();
  #longestSilence = 0;
  #restarted = false;

  constructor(url: string) {
    this.#url = url;
    this.#running = this.#read();
  }

  get result(): Ticks {
    const since = this.#ticks.filter((tick) => tick >= (this.#first ?? Infinity));
    const pauses = since.slice(1).map((tick, index) => tick - since[index]!);
    return {
      guestSeconds: (since.at(-1) ?? 0) - (since[0] ?? 0),
      longestPause: Math.max(0, ...pauses),
      longestSilence: Math.max(this.#longestSilence, (performance.now() - this.#answeredAt) / 1000),
      answers: this.#answers,
      restarted: this.#restarted,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #read(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const text = await this.#page();
      // A line that is still being written has no end.
      const lines = text?.split('\n').slice(0, -1) ?? [];
      if (lines.length > 0) this.#note(lines.map(Number));
      await delay(500, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  #note(ticks: number[]): void {
    const now = performance.now();
    if (this.#answers > 0)
      this.#longestSilence = Math.max(this.#longestSilence, (now - this.#answeredAt) / 1000);
    this.#answeredAt = now;
    this.#answers += 1;
    this.#first ??= ticks.at(-1);
    if (ticks[0] !== (this.#ticks[0] ?? ticks[0]) || ticks.length < this.#ticks.length)
      this.#restarted = true;
    this.#ticks = ticks;
  }

  async #page(): Promise<string | undefined> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(2_000)]);
    try {
      const response = await fetch(this.#url, { signal, headers: { connection: 'close' } });
      return response.ok ? await response.text() : undefined;
    } catch (error) {
      // Not answered in time, or not at all: that is what is measured.
      if (['TypeError', 'TimeoutError', 'AbortError'].includes((error as Error).name)) return undefined;
      throw error;
    }
  }
}
