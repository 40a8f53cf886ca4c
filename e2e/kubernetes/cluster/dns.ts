import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answers } from '../answers.ts';
import type { Cluster } from './cluster.ts';
import { addresses, type Settings } from './settings.ts';

/** Name of the process. */
export const dnsProgram = 'coredns';

const user = 'system:coredns';
/** On the address that the machine has in the cluster's network: nothing else listens there. */
const port = 9053;
const readyPort = 9054;

/**
 * Starts the cluster's DNS server, unless it runs. It is a process of the machine, so that it needs no image; Pods reach it through the
 * Service that other clusters have for theirs.
 */
export async function startDns(cluster: Cluster, settings: Settings, program: string): Promise<void> {
  const { files, programs } = cluster.controlPlane;
  const kubeconfig = files.kubeconfigOf(dnsProgram);
  if (!existsSync(kubeconfig)) await cluster.controlPlane.writeKubeconfig(kubeconfig, { name: user });
  const at = addresses(settings);
  const config = join(files.folder, 'Corefile');
  await writeFile(config, corefile(at.machine, kubeconfig));
  await cluster.kubectl(['apply', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(at) }),
  });
  await programs.start({ name: dnsProgram, command: [program, '-conf', config] });
  await programs.ready(dnsProgram, () => answers(`http://${at.machine}:${readyPort}/ready`));
}

const corefile = (address: string, kubeconfig: string): string => `
.:${port} {
  bind ${address}
  ready ${address}:${readyPort}
  errors
  cache 30
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfig}
    fallthrough in-addr.arpa ip6.arpa
    ttl 5
  }
  forward . /etc/resolv.conf
}
`;

function objects({ dns, machine }: ReturnType<typeof addresses>): unknown[] {
  const name = 'kube-dns';
  const metadata = { name, namespace: 'kube-system', labels: { 'k8s-app': name } };
  const ports = (['UDP', 'TCP'] as const).map((protocol) => ({ name: protocol.toLowerCase(), protocol }));
  const rbac = 'rbac.authorization.k8s.io';
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: user },
      rules: [
        { apiGroups: [''], resources: ['services', 'namespaces', 'pods'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: user },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: user },
      subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { clusterIP: dns, ports: ports.map((entry) => ({ ...entry, port: 53, targetPort: port })) },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: ports.map((entry) => ({ ...entry, port })),
      endpoints: [{ addresses: [machine] }],
    },
  ];
}
