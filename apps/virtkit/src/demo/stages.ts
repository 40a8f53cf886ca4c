import { table } from '../output/table.ts';

/** Runs named stages, tells of each when it begins and ends, and remembers how long it took. */
export class Stages {
  readonly #print: (line: string) => void;
  readonly #done: { name: string; milliseconds: number }[] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#print(`... ${name}`);
    const start = performance.now();
    const result = await work();
    const milliseconds = performance.now() - start;
    this.#done.push({ name, milliseconds });
    this.#print(`ok  ${name} (${seconds(milliseconds)})`);
    return result;
  }

  table(): string {
    return table(
      ['STAGE', 'TIME'],
      this.#done.map(({ name, milliseconds }) => [name, seconds(milliseconds)]),
    );
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
