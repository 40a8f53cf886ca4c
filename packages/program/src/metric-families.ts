import { Counter, Gauge, type Registry } from 'prom-client';

/** One value of a metric. A label that is empty or undefined is left out, which to Prometheus is the same. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string | undefined>>;
  readonly value: number;
}

/** A metric that follows from other things: its name, what it means, and how its values follow. Pure. */
export interface MetricFamily<T> {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** The values; of several with the same labels the last counts. */
  readonly samples: (of: T) => Iterable<Sample>;
}

/**
 * Registers metrics whose values are worked out when somebody asks for them. What they follow from is read once for all of
 * them, and once for all who ask at the same time.
 */
export function registerFamilies<T>(
  registry: Registry,
  families: readonly MetricFamily<T>[],
  read: () => Promise<T>,
): void {
  let reading: Promise<T> | undefined;
  const shared = (): Promise<T> => {
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  };
  for (const family of families) registry.registerMetric(new ComputedMetric(family, shared));
}

type Printed = Awaited<ReturnType<Gauge['get']>>;

/** In the place of a metric that is counted: a registry only asks for its values. */
class ComputedMetric<T> extends Gauge {
  readonly #family: MetricFamily<T>;
  readonly #read: () => Promise<T>;
  /** Without values; it has the name and the type. */
  readonly #head: Gauge | Counter;

  constructor(family: MetricFamily<T>, read: () => Promise<T>) {
    const head = { name: family.name, help: family.help, registers: [] };
    super(head);
    this.#head = family.type === 'counter' ? new Counter(head) : new Gauge(head);
    this.#family = family;
    this.#read = read;
  }

  override async get(): Promise<Printed> {
    const values = new Map<string, Printed['values'][number]>();
    for (const { labels = {}, value } of this.#family.samples(await this.#read())) {
      const present = Object.entries(labels).filter((entry): entry is [string, string] => !!entry[1]);
      values.set(JSON.stringify(present), { labels: Object.fromEntries(present), value });
    }
    return { ...(await this.#head.get()), values: [...values.values()] };
  }
}

/** A name that Prometheus takes for a label: everything but letters, digits and underscores is replaced. */
export function labelName(text: string): string {
  return text.replace(/\W/g, '_');
}
