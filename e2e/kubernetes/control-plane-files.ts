import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Authority, type Subject } from './certificates.ts';
import { writeKubeconfig } from './kubeconfig.ts';

/** Where a control plane keeps what; everything is below one folder. */
export interface ControlPlaneFiles {
  readonly folder: string;
  readonly etcdData: string;
  /** Logs and process records. */
  readonly run: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
  /** Of the cluster's administrator. */
  readonly kubeconfig: string;
  /** `<name>.crt` and `<name>.key`. */
  pair(name: string): { certificate: string; key: string };
  /** Kubeconfig of a part of the cluster. */
  kubeconfigOf(name: string): string;
}

export function controlPlaneFiles(folder: string): ControlPlaneFiles {
  const certificates = join(folder, 'certificates');
  return {
    folder,
    etcdData: join(folder, 'etcd'),
    run: join(folder, 'run'),
    auditPolicy: join(folder, 'audit-policy.yaml'),
    auditLog: join(folder, 'audit.log'),
    kubeconfig: join(folder, 'kubeconfig'),
    pair: (name) => ({
      certificate: join(certificates, `${name}.crt`),
      key: join(certificates, `${name}.key`),
    }),
    kubeconfigOf: (name) => join(certificates, `${name}.kubeconfig`),
  };
}

/** Names that clients call the API server by, wherever they are. */
const apiServerNames = [
  'localhost',
  '127.0.0.1',
  ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
];

/** Every write is recorded, who did what to what, without the objects themselves. Reads are not: they are too many. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'None' },
  ],
};

/**
 * Writes certificates, keys, kubeconfigs and the audit policy of a control plane, unless that was done before.
 * @param server where the API server is to be reached by the other parts
 * @param addresses of the API server besides the loopback one
 */
export async function prepareFiles(
  files: ControlPlaneFiles,
  { server, addresses }: { server: string; addresses: readonly string[] },
): Promise<void> {
  // It is written last: where it is, everything else is.
  if (existsSync(files.kubeconfig)) return;
  await mkdir(join(files.folder, 'certificates'), { recursive: true });
  await mkdir(files.etcdData, { recursive: true });
  await chmod(files.etcdData, 0o700);

  const authority = await Authority.create('virtkit-test-ca', files.pair('ca'));
  // What the front proxy's authority signs may claim to be anybody, and what etcd's signs reads everything.
  const frontProxy = await Authority.create('virtkit-test-front-proxy-ca', files.pair('front-proxy-ca'));
  const etcd = await Authority.create('virtkit-test-etcd-ca', files.pair('etcd-ca'));
  const issue = async (from: Authority, file: string, subject: Subject): Promise<void> => {
    const { certificate, key } = await from.issue(subject);
    await writeFile(files.pair(file).certificate, certificate);
    await writeFile(files.pair(file).key, key, { mode: 0o600 });
  };
  await issue(etcd, 'etcd', { name: 'etcd', names: ['localhost', '127.0.0.1'] });
  await issue(authority, 'kube-apiserver', {
    name: 'kube-apiserver',
    names: [...apiServerNames, ...addresses],
  });
  await issue(authority, 'kubelet-client', {
    name: 'kube-apiserver-kubelet-client',
    groups: ['system:masters'],
  });
  await issue(frontProxy, 'front-proxy-client', { name: 'front-proxy-client' });
  // Only its keys are used, which sign and verify the tokens of service accounts.
  await issue(authority, 'service-accounts', { name: 'service-accounts' });
  await writeFile(files.auditPolicy, stringify(auditPolicy));

  const kubeconfig = async (file: string, subject: Subject): Promise<void> =>
    writeKubeconfig(file, {
      server,
      authority: authority.certificate,
      user: subject.name,
      identity: await authority.issue(subject),
    });
  for (const name of ['kube-controller-manager', 'kube-scheduler'])
    await kubeconfig(files.kubeconfigOf(name), { name: `system:${name}` });
  await kubeconfig(files.kubeconfig, { name: 'admin', groups: ['system:masters'] });
}
