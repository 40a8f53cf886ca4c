import type { Random } from '../../support/random.ts';
import { GROUPS, RESOURCES, type Resource, type Version, type WriteOperation } from '../history.ts';
import type { Operations } from './operations.ts';
import type { Recorder } from './recorder.ts';

/** Objects that any client writes in any way. */
const SINGLES = ['one', 'two', 'three', 'four', 'five'] as const;
/** Objects that are only ever replaced two at a time. */
const PAIRS = [
  ['configmaps/left-0', 'configmaps/right-0'],
  ['configmaps/left-1', 'configmaps/right-1'],
] as const;
/** How long clients wait for an answer; the shortest one gives up on a paused server. */
const TIMEOUTS_MS = [400, 2_000, 10_000] as const;

/** A client that does one operation after the other, at random, until it is stopped. */
export class RandomClient {
  readonly #name: string;
  readonly #random: Random;
  readonly #recorder: Recorder;
  readonly #operations: Operations;
  /** What this client last saw of each object; its preconditions come from here, so that some are out of date. */
  readonly #seen = new Map<string, Version>();
  #newestRevision = 1;

  constructor(name: string, random: Random, recorder: Recorder, operations: Operations) {
    this.#name = name;
    this.#random = random;
    this.#recorder = recorder;
    this.#operations = operations;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#step();
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const chance = random.next() * 100;
    if (chance < 60) this.#learn((await this.#write(chance)).versions);
    else if (chance < 80) {
      const { version } = await this.#operations.get(this.#key(), random.pick(TIMEOUTS_MS));
      if (version !== undefined) this.#learn([version]);
    } else await this.#list();
  }

  #key(): string {
    const random = this.#random;
    if (random.percent(10)) return random.pick(random.pick(PAIRS));
    return `${random.pick(RESOURCES)}/${random.pick(SINGLES)}`;
  }

  #write(chance: number): Promise<WriteOperation> {
    const random = this.#random;
    const token = this.#recorder.token(this.#name);
    const pad = { pad: String(random.pick([0, 100, 3000])) };
    const timeout = random.pick(TIMEOUTS_MS);
    const key = `${random.pick(RESOURCES)}/${random.pick(SINGLES)}`;
    const group = random.pick(GROUPS);
    const seen = this.#seen.get(key);
    const revision = seen !== undefined && { precondition: { revision: seen.revision } };
    const content = { w: token, ...pad };
    if (chance < 16)
      return this.#operations.write({ action: 'create', keys: [key], token, content, group }, timeout);
    if (chance < 31)
      return this.#operations.write(
        { action: 'update', keys: [key], token, content, group, ...(random.percent(60) && revision) },
        timeout,
      );
    if (chance < 46)
      return this.#operations.write(
        {
          action: 'patch',
          keys: [key],
          token,
          content: { w: token, [`by-${this.#name}`]: token },
          ...(random.percent(30) && { group }),
          ...(random.percent(20) && revision),
        },
        timeout,
      );
    if (chance < 53) {
      const uid = seen !== undefined && { precondition: { uid: seen.uid } };
      const precondition = random.percent(30) ? revision : random.percent(30) ? uid : {};
      return this.#operations.write(
        { action: 'delete', keys: [key], token, content: {}, ...precondition },
        timeout,
      );
    }
    const pair = random.pick(PAIRS);
    return this.#operations.write({ action: 'pair', keys: [...pair], token, content, group }, timeout);
  }

  async #list(): Promise<void> {
    const random = this.#random;
    const resource: Resource = random.pick(RESOURCES);
    const mode = random.pick(['now', 'now', 'not-older', 'exact']);
    const back = mode === 'exact' ? random.pick([0, 1, 3, 30, 150]) : random.between(0, 5);
    const asked = Math.max(1, this.#newestRevision - back);
    const list = await this.#operations.list(
      {
        resource,
        mode,
        ...(mode !== 'now' && { asked }),
        ...(random.percent(30) && { group: random.pick(GROUPS) }),
        ...(random.percent(40) && { limit: random.between(1, 3) }),
      },
      random.pick(TIMEOUTS_MS),
    );
    this.#learn(list.items);
    if (mode === 'now') this.#newestRevision = Math.max(this.#newestRevision, ...list.pages);
  }

  #learn(versions: readonly Version[]): void {
    for (const version of versions) {
      this.#newestRevision = Math.max(this.#newestRevision, version.revision);
      // Of a list from an old revision not everything is taken over, so that preconditions are mostly met.
      const known = this.#seen.get(version.key);
      if (known === undefined || known.revision < version.revision) this.#seen.set(version.key, version);
    }
  }
}
