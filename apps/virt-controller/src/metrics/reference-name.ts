import type { ClusterContents } from './cluster-contents.ts';

const vendorLabel = 'instancetype.kubevirt.io/vendor';
const knownVendors: ReadonlySet<string | undefined> = new Set(['kubevirt.io', 'redhat.com']);

/** How an instance type or preference is called in labels: by its name if it comes with the installation, else `<other>`. */
export function referenceName(
  { referenced }: Pick<ClusterContents, 'referenced'>,
  role: 'instancetype' | 'preference',
  namespace: string | undefined,
  name: string,
): string {
  const found = referenced(role, namespace, name);
  return knownVendors.has(found?.metadata.labels?.[vendorLabel]) ? name : '<other>';
}
