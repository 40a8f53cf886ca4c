/** Namespace that KubeVirt's components are installed in. */
const installNamespace = 'kubevirt';

const accounts = [
  'kubevirt-apiserver',
  'kubevirt-controller',
  'kubevirt-handler',
  'kubevirt-synchronization-controller',
];

const systemUsers: ReadonlySet<string> = new Set(
  accounts.map((account) => `system:serviceaccount:${installNamespace}:${account}`),
);

/** Whether the user is one of KubeVirt's own components, which write status and reserved labels. */
export function isSystemUser({ name }: { readonly name: string }): boolean {
  return systemUsers.has(name);
}
