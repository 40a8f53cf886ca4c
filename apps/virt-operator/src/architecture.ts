/** The name that Kubernetes has for an architecture that Node names; Node's own where they agree. */
export function kubernetesArchitecture(node: string): string {
  return node === 'x64' ? 'amd64' : node;
}
