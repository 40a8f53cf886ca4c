import { Quantity, type Container, type Pod } from '@virtkit/core-types';

export type Amounts = ReadonlyMap<string, Quantity>;

/**
 * What a Pod takes of a node. As Kubernetes counts: the sum of its containers and sidecars, or what the largest init
 * container needs beside the sidecars before it, whichever is more; plus the overhead, plus one Pod.
 */
export function podRequests(pod: Pod): Amounts {
  const { spec } = pod;
  let sidecars: Amounts = new Map();
  let initPeak: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = containerRequests(container);
    if (container.restartPolicy === 'Always') {
      sidecars = sum(sidecars, own);
      initPeak = largest(initPeak, sidecars);
    } else initPeak = largest(initPeak, sum(sidecars, own));
  }
  const main = spec.containers.map(containerRequests).reduce(sum, sidecars);
  const overhead = amountsOf(spec.overhead ?? {});
  return sum(sum(largest(main, initPeak), overhead), new Map([['pods', Quantity.parse('1')]]));
}

function containerRequests({ resources }: Container): Amounts {
  // A limit without a request is a request too.
  return amountsOf({ ...resources?.limits, ...resources?.requests });
}

/** Amounts as the API writes them. */
export function amountsOf(amounts: Readonly<Record<string, string | number>>): Amounts {
  return new Map(Object.entries(amounts).map(([name, amount]) => [name, Quantity.parse(amount)]));
}

/** Both together. */
export function sum(a: Amounts, b: Amounts): Amounts {
  const result = new Map(a);
  for (const [name, amount] of b) result.set(name, (result.get(name) ?? Quantity.zero).add(amount));
  return result;
}

function largest(a: Amounts, b: Amounts): Amounts {
  const result = new Map(a);
  for (const [name, amount] of b)
    if ((result.get(name) ?? Quantity.zero).compare(amount) < 0) result.set(name, amount);
  return result;
}

/** Names of the resources of which not enough is left, sorted. */
export function missingResources(wanted: Amounts, used: Amounts, allocatable: Amounts): string[] {
  return [...wanted]
    .filter(([name, amount]) => {
      if (amount.isZero()) return false;
      const total = (used.get(name) ?? Quantity.zero).add(amount);
      return total.compare(allocatable.get(name) ?? Quantity.zero) > 0;
    })
    .map(([name]) => name)
    .sort();
}
