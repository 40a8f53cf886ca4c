import type { Node } from '@virtkit/core-types';

const own = /kubevirt\.io|virtkit\.dev/;

/** A merge patch that takes KubeVirt's labels and annotations off a node; undefined when it has none. */
export function unlabelled({ metadata }: Node): object | undefined {
  const [labels, annotations] = [metadata.labels, metadata.annotations].map(removal);
  if (labels === undefined && annotations === undefined) return undefined;
  return { metadata: { labels, annotations } };
}

function removal(given: Readonly<Record<string, string>> = {}): Record<string, null> | undefined {
  const gone = Object.keys(given).filter((key) => own.test(key));
  return gone.length === 0 ? undefined : Object.fromEntries(gone.map((key) => [key, null]));
}
