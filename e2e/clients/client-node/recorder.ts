import { ApiException } from '@kubernetes/client-node';
import type { Entry } from '../entries.ts';

/** Keeps what a client sees. */
export class Recorder {
  readonly #entries: Entry[] = [];

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  note(step: string, value: unknown): void {
    if (this.#entries.some((entry) => entry.step === step)) throw new Error(`${step} is there twice`);
    this.#entries.push({ step, value: JSON.parse(JSON.stringify(value ?? null)) as unknown });
  }

  /** Keeps what a call gives, or how the server refuses it. @returns what it gives */
  async call<T>(step: string, promise: Promise<T>): Promise<T> {
    const value = await promise;
    this.note(step, value);
    return value;
  }

  /** Keeps how the server refuses a call. @throws Error if it does not */
  async refused(step: string, promise: Promise<unknown>): Promise<void> {
    try {
      await promise;
    } catch (error) {
      if (!(error instanceof ApiException)) throw error;
      const { code, body } = error as ApiException<unknown>;
      this.note(step, { code, body: typeof body === 'string' ? (JSON.parse(body) as unknown) : body });
      return;
    }
    throw new Error(`${step}: was not refused`);
  }
}
