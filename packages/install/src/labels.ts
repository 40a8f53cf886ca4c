import { labels, type ObjectMeta } from '@virtkit/core-types';

/** What an installation calls itself; KubeVirt's `productName`, `productVersion` and `productComponent`. */
export interface Product {
  readonly name?: string | undefined;
  readonly version: string;
  readonly component: string;
}

/** Kubernetes: the form of a label's value. */
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Whether a text can be the value of a label. */
function isLabelValue(text: string): boolean {
  return labelValue.test(text);
}

/** Labels that say which product an object is part of. A value that no label can have is left out. */
export function productLabels({ name, version, component }: Product): Record<string, string> {
  const given = { [labels.version]: version, [labels.partOf]: name, [labels.component]: component };
  return Object.fromEntries(
    Object.entries(given).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && isLabelValue(entry[1]),
    ),
  );
}

/** Who keeps the objects that the operator makes. */
export const managedBy = { [labels.managedBy]: 'virt-operator' } as const;

/** What all of KubeVirt's own objects are labelled with. */
export const ownLabel = { [labels.app]: '' } as const;

/** Metadata of a component's own objects. */
export function componentMetadata(
  name: string,
  namespace: string,
  product: Readonly<Record<string, string>>,
): ObjectMeta {
  return {
    name,
    namespace,
    labels: { ...product, [labels.app]: name, 'app.kubernetes.io/name': name },
  };
}
