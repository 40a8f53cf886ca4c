/** Namespace that KubeVirt's components are installed in. */
const installNamespace = 'kubevirt';

const account = (name: string): string => `system:serviceaccount:${installNamespace}:${name}`;

/** Who makes a request, as an AdmissionReview tells it. */
export interface RequestUser {
  readonly name: string;
  readonly groups?: readonly string[];
  /** What the authenticator added, such as the node of a service account's Pod. */
  readonly extra?: Readonly<Record<string, readonly string[] | undefined>>;
}

const controller = account('kubevirt-controller');
const nodeAgent = account('kubevirt-handler');
/** KubeVirt validation facts, section 2: the operator and the export proxy are not among them. */
const systemUsers: ReadonlySet<string> = new Set([
  account('kubevirt-apiserver'),
  controller,
  nodeAgent,
  account('kubevirt-synchronization-controller'),
]);

/** Whether the user is one of KubeVirt's own components, which write status and reserved labels. */
export function isSystemUser({ name }: RequestUser): boolean {
  return systemUsers.has(name);
}

/** Whether the user is virt-controller, which alone may order migrations by priority. */
export function isController({ name }: RequestUser): boolean {
  return name === controller;
}

/** Whether the user is virt-handler, which may write to instances of its own node only. */
export function isNodeAgent({ name }: RequestUser): boolean {
  return name === nodeAgent;
}
