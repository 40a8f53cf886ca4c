import { join } from 'node:path';
import type { ControlPlaneFiles } from './control-plane-files.ts';
import type { ProgramSpec } from './programs.ts';

/** What does not change while a control plane exists, so that it can be started again. */
export interface ControlPlaneSettings {
  /** Where the API server listens. A loopback address means that there are no nodes. */
  readonly address: string;
  readonly port: number;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly controllerManagerPort: number;
  readonly schedulerPort: number;
  /** One range, or one of each family with a comma between them; the first is where Services are by default. */
  readonly serviceRange: string;
}

/** Which programs besides etcd and kube-apiserver. */
export interface ControlPlaneParts {
  readonly controllerManager: boolean;
  readonly scheduler: boolean;
}

/** The programs of a control plane, in the order of their start. */
export function controlPlaneProgramSpecs(
  files: ControlPlaneFiles,
  settings: ControlPlaneSettings,
  programs: string,
  parts: ControlPlaneParts,
): ProgramSpec[] {
  const spec = (name: string, flags: Record<string, string | number | boolean>): ProgramSpec => ({
    name,
    command: [join(programs, name), ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)],
  });
  return [
    spec('etcd', etcdFlags(files, settings)),
    spec('kube-apiserver', apiServerFlags(files, settings)),
    ...(parts.controllerManager
      ? [spec('kube-controller-manager', controllerManagerFlags(files, settings))]
      : []),
    ...(parts.scheduler ? [spec('kube-scheduler', schedulerFlags(files, settings))] : []),
  ];
}

const isLoopback = (address: string): boolean => address.startsWith('127.');

type Flags = Record<string, string | number | boolean>;

function etcdFlags(files: ControlPlaneFiles, { etcdPort, etcdPeerPort }: ControlPlaneSettings): Flags {
  const { certificate, key } = files.pair('etcd');
  const authority = files.pair('etcd-ca').certificate;
  const [url, peerUrl] = [`https://127.0.0.1:${etcdPort}`, `https://127.0.0.1:${etcdPeerPort}`];
  return {
    'data-dir': files.etcdData,
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `default=${peerUrl}`,
    'cert-file': certificate,
    'key-file': key,
    'client-cert-auth': true,
    'trusted-ca-file': authority,
    'peer-cert-file': certificate,
    'peer-key-file': key,
    'peer-client-cert-auth': true,
    'peer-trusted-ca-file': authority,
    // Survives the end of every process, which is what tests do to it; only the machine must not lose power.
    'unsafe-no-fsync': true,
  };
}

function apiServerFlags(files: ControlPlaneFiles, settings: ControlPlaneSettings): Flags {
  const etcd = files.pair('etcd');
  const own = files.pair('kube-apiserver');
  const kubelet = files.pair('kubelet-client');
  const frontProxy = files.pair('front-proxy-client');
  const serviceAccounts = files.pair('service-accounts');
  return {
    'etcd-servers': `https://127.0.0.1:${settings.etcdPort}`,
    'etcd-cafile': files.pair('etcd-ca').certificate,
    'etcd-certfile': etcd.certificate,
    'etcd-keyfile': etcd.key,
    'bind-address': settings.address,
    'secure-port': settings.port,
    'tls-cert-file': own.certificate,
    'tls-private-key-file': own.key,
    'client-ca-file': files.pair('ca').certificate,
    'kubelet-client-certificate': kubelet.certificate,
    'kubelet-client-key': kubelet.key,
    'kubelet-certificate-authority': files.pair('ca').certificate,
    'kubelet-preferred-address-types': 'InternalIP',
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': serviceAccounts.certificate,
    'service-account-signing-key-file': serviceAccounts.key,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': true,
    'service-cluster-ip-range': settings.serviceRange,
    'requestheader-client-ca-file': files.pair('front-proxy-ca').certificate,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': frontProxy.certificate,
    'proxy-client-key-file': frontProxy.key,
    // Aggregated servers are called at their Pods' addresses: the control plane runs outside of the Services' network.
    'enable-aggregator-routing': true,
    'audit-policy-file': files.auditPolicy,
    'audit-log-path': files.auditLog,
    'audit-log-maxsize': 0,
    ...(isLoopback(settings.address)
      ? {
          // Nothing publishes it; without one it asks for the machine's default route, which need not be there.
          'advertise-address': '192.0.2.1',
          'endpoint-reconciler-type': 'none',
        }
      : { 'advertise-address': settings.address }),
  };
}

function controllerManagerFlags(files: ControlPlaneFiles, settings: ControlPlaneSettings): Flags {
  const authority = files.pair('ca');
  return {
    ...componentFlags(files.kubeconfigOf('kube-controller-manager'), settings.controllerManagerPort),
    'use-service-account-credentials': true,
    'service-account-private-key-file': files.pair('service-accounts').key,
    'root-ca-file': authority.certificate,
    'cluster-signing-cert-file': authority.certificate,
    'cluster-signing-key-file': authority.key,
  };
}

const schedulerFlags = (files: ControlPlaneFiles, settings: ControlPlaneSettings): Flags =>
  componentFlags(files.kubeconfigOf('kube-scheduler'), settings.schedulerPort);

/** What kube-controller-manager and kube-scheduler have in common; there is one of each, so nobody has to be elected. */
const componentFlags = (kubeconfig: string, port: number): Flags => ({
  kubeconfig,
  'authentication-kubeconfig': kubeconfig,
  'authorization-kubeconfig': kubeconfig,
  'bind-address': '127.0.0.1',
  'secure-port': port,
  'leader-elect': false,
});
