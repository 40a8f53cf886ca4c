import type { ClientCertificate } from './client-authority.ts';

/** A user, with that by which he is recognised. */
export type KubeconfigIdentity = { user: string } & (
  { token: string; certificate?: undefined } | { certificate: ClientCertificate; token?: undefined }
);

/** What a kubeconfig file needs to reach a server. */
interface KubeconfigServer {
  url: string;
  /** PEM. */
  ca: string;
  /** Name of cluster and context. */
  name: string;
}

/** The text (YAML) of a kubeconfig file with one cluster, one user and one context. */
export function kubeconfigText(input: KubeconfigServer & KubeconfigIdentity): string {
  const { url, ca, user, name } = input;
  const quote = (text: string) => JSON.stringify(text);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const credentials =
    input.certificate === undefined
      ? `token: ${quote(input.token)}`
      : `client-certificate-data: ${base64(input.certificate.cert)}\n    client-key-data: ${base64(input.certificate.key)}`;
  return `apiVersion: v1
kind: Config
clusters:
- name: ${quote(name)}
  cluster:
    server: ${quote(url)}
    certificate-authority-data: ${base64(ca)}
users:
- name: ${quote(user)}
  user:
    ${credentials}
contexts:
- name: ${quote(name)}
  context:
    cluster: ${quote(name)}
    user: ${quote(user)}
current-context: ${quote(name)}
`;
}
