import { Client, type Watch } from '../../support/client.ts';
import { CONFIGMAPS, configMap } from '../../support/fixtures.ts';
import type { Target } from './raw.ts';

/** Another client of the server, who must not notice anything: it writes, reads and watches all the time. */
export class Witness implements AsyncDisposable {
  readonly #client: Client;
  readonly #watch: Watch;
  readonly #stop = new AbortController();
  readonly #work: Promise<void>;
  /** Rounds that went as they should. */
  rounds = 0;

  private constructor(client: Client, watch: Watch) {
    this.#client = client;
    this.#watch = watch;
    this.#work = this.#run();
    this.#work.catch(() => undefined);
  }

  static async start(target: Target): Promise<Witness> {
    const client = new Client(target);
    const watch = await client.watch(`${CONFIGMAPS}?fieldSelector=metadata.name%3Dwitness`);
    return new Witness(client, watch);
  }

  /** One write and its event after the other, until told to end. */
  async #run(): Promise<void> {
    await this.#expect(201, this.#client.post(CONFIGMAPS, configMap('witness')));
    await this.#event('ADDED');
    while (!this.#stop.signal.aborted) {
      const round = String(this.rounds);
      await this.#expect(200, this.#client.merge(`${CONFIGMAPS}/witness`, { data: { round } }));
      const { object } = await this.#event('MODIFIED');
      if (object.data?.['round'] !== round) throw new Error(`round ${round}: the watch told of another`);
      await this.#expect(200, this.#client.get(`${CONFIGMAPS}/witness`));
      this.rounds += 1;
    }
  }

  async #expect(status: number, call: ReturnType<Client['get']>): Promise<void> {
    const answer = await call;
    if (answer.status !== status)
      throw new Error(`round ${this.rounds}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async #event(type: string) {
    const event = await this.#watch.next();
    if (event?.type !== type)
      throw new Error(`round ${this.rounds}: the watch told ${JSON.stringify(event)}`);
    return event;
  }

  /** Waits for a further round. @throws Error if anything went wrong in this or an earlier one */
  async further(rounds = 1): Promise<void> {
    const wanted = this.rounds + rounds;
    while (this.rounds < wanted)
      await Promise.race([this.#work, new Promise((resolve) => setImmediate(resolve))]);
  }

  /** Ends; @throws Error if anything went wrong */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#work.finally(async () => {
      await this.#watch[Symbol.asyncDispose]();
      await this.#client[Symbol.asyncDispose]();
    });
  }
}
