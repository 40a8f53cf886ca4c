/** What a kubeconfig file needs to reach a server. */
export interface KubeconfigInput {
  url: string;
  /** PEM. */
  ca: string;
  token: string;
  user: string;
  /** Name of cluster and context. */
  name: string;
}

/** The text (YAML) of a kubeconfig file with one cluster, one user and one context. */
export function kubeconfigText({ url, ca, token, user, name }: KubeconfigInput): string {
  const quote = (text: string) => JSON.stringify(text);
  return `apiVersion: v1
kind: Config
clusters:
- name: ${quote(name)}
  cluster:
    server: ${quote(url)}
    certificate-authority-data: ${Buffer.from(ca).toString('base64')}
users:
- name: ${quote(user)}
  user:
    token: ${quote(token)}
contexts:
- name: ${quote(name)}
  context:
    cluster: ${quote(name)}
    user: ${quote(user)}
current-context: ${quote(name)}
`;
}
