import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { pauseImage } from './test-images.ts';
import { addresses, machineNames, nodeName, type Settings } from './settings.ts';

/** Folder of a node as it sees it itself (see node-init.sh). */
const inside = '/run/node';

/** Writes the configuration of everything that runs on a node into the node's folder; certificates are not part of it. */
export async function writeNodeFiles(folder: string, settings: Settings, index: number): Promise<void> {
  for (const name of ['', 'lib', 'log', 'cni']) await mkdir(join(folder, name), { recursive: true });
  const write = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content);
  await write('containerd.toml', containerdConfig);
  await write('cni/10-virtkit.conflist', JSON.stringify(networkConfig(settings, index)));
  await write('kubelet.yaml', stringify(kubeletConfig(settings, index)));
  await write('kube-proxy.yaml', stringify(proxyConfig(settings, index)));
  // The machine's own may be a link into a folder that a node has of its own.
  await write('resolv.conf', await readFile('/etc/resolv.conf', 'utf8'));
}

const containerdConfig = `
version = 3
root = '/var/lib/containerd'
state = '/run/containerd'
disabled_plugins = ['io.containerd.nri.v1.nri']

[grpc]
  address = '/run/containerd/containerd.sock'

[plugins.'io.containerd.internal.v1.opt']
  path = '/var/lib/containerd/opt'

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '${pauseImage}'

[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = '/run/node/registries'

[plugins.'io.containerd.cri.v1.runtime']
  # Without CAP_SYS_RESOURCE nothing can be made less likely to be killed than the node's programs are.
  restrict_oom_score_adj = true
  disable_apparmor = true
  # Block volumes belong to the user that the container runs as: launchers are not root.
  device_ownership_from_security_context = true

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
    SystemdCgroup = false

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['/usr/lib/cni']
  conf_dir = '${inside}/cni'
`;

function networkConfig(settings: Settings, index: number): unknown {
  const at = addresses(settings);
  return {
    cniVersion: '1.0.0',
    name: 'virtkit',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        hairpinMode: true,
        // The machine translates what leaves the cluster, so inside of it every Pod is seen with its own address.
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: '/run/cni/networks',
          ranges: [[{ subnet: at.podsOf(index) }], [{ subnet: at.ipv6.podsOf(index) }]],
          routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true }, snat: true },
    ],
  };
}

function kubeletConfig(settings: Settings, index: number): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: addresses(settings).node(index),
    authentication: { anonymous: { enabled: false }, x509: { clientCAFile: `${inside}/ca.crt` } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: `${inside}/kubelet.crt`,
    tlsPrivateKeyFile: `${inside}/kubelet.key`,
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    // There is no systemd in a node, and machines with cgroups of version 1 are still about.
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${machineNames(settings).cgroup}/${nodeName(index)}`,
    failCgroupV1: false,
    failSwapOn: false,
    // How soon a Pod sees that a Secret or ConfigMap has changed; tests of certificates wait for that.
    syncFrequency: '10s',
    clusterDomain: 'cluster.local',
    clusterDNS: [addresses(settings).dns],
    resolvConf: `${inside}/resolv.conf`,
    // Disks of machines that tests run on are often nearly full; that is not what is tested.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    localStorageCapacityIsolation: true,
    logging: { format: 'text' },
  };
}

function proxyConfig(settings: Settings, index: number): unknown {
  const at = addresses(settings);
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    bindAddress: at.node(index),
    clientConnection: { kubeconfig: `${inside}/kube-proxy.kubeconfig` },
    clusterCIDR: `${at.pods},${at.ipv6.pods}`,
    // The sizes of the table of connections belong to the machine, and cannot be set from a network namespace.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}
