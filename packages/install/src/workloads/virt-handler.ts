import type { Container, PodVolume, VolumeMount } from '@virtkit/core-types';
import { accounts, authorityBundle, ports } from '../components.ts';
import type { Images } from '../images.ts';
import { certificateVolume, httpsProbe, requests, type ComponentPod } from './pod-template.ts';

/** A folder of the node in a container. */
interface NodeFolder {
  readonly name: string;
  readonly path: string;
  /** In the container; the same path when absent. */
  readonly mountPath?: string;
  /** Whether mounts made on one side show on the other. */
  readonly propagation?: 'Bidirectional' | 'HostToContainer';
  readonly readOnly?: true;
}

/** Where the probe of the node leaves what it found. */
const labeller = '/var/lib/kubevirt-node-labeller';

const nodeFolders: readonly NodeFolder[] = [
  { name: 'libvirt-runtimes', path: '/var/run/kubevirt-libvirt-runtimes' },
  { name: 'virt-share-dir', path: '/var/run/kubevirt', propagation: 'Bidirectional' },
  { name: 'virt-private-dir', path: '/var/run/kubevirt-private' },
  { name: 'kubelet-pods', path: '/var/lib/kubelet/pods', mountPath: '/pods' },
  { name: 'kubelet', path: '/var/lib/kubelet', propagation: 'HostToContainer' },
  { name: 'node-labeller', path: labeller },
  { name: 'pod-logs', path: '/var/log/pods', readOnly: true },
  { name: 'launcher-logs', path: '/var/log/virtkit/launchers' },
];

function folderVolume({ name, path, mountPath = path, propagation, readOnly }: NodeFolder): {
  volume: PodVolume;
  mount: VolumeMount;
} {
  return {
    volume: { name, hostPath: { path, type: 'DirectoryOrCreate' } },
    mount: {
      name,
      mountPath,
      ...(propagation !== undefined && { mountPropagation: propagation }),
      ...(readOnly && { readOnly }),
    },
  };
}

const podFacts: PodVolume = {
  name: 'podinfo',
  downwardAPI: {
    items: [
      {
        path: 'network-info',
        fieldRef: { fieldPath: "metadata.annotations['k8s.v1.cni.cncf.io/network-status']" },
      },
    ],
  },
};

/** The authorities of those who may call. */
const callers: PodVolume = { name: authorityBundle.name, configMap: { name: authorityBundle.name } };

const privileged: Container['securityContext'] = { privileged: true, seLinuxOptions: { level: 's0' } };

/** Seconds that a node agent has to let go of its machines. */
const terminationGracePeriodSeconds = 330;

/** virt-handler: the node agent. `maxDevices` is `configuration.virtualMachineInstancesPerNode`. */
export function virtHandler(
  images: Images,
  { maxDevices }: { maxDevices?: number | undefined } = {},
): ComponentPod {
  const folders = nodeFolders.map(folderVolume);
  const serving = certificateVolume(
    'kubevirt-virt-handler-server-certs',
    '/etc/virt-handler/servercertificates',
  );
  return {
    name: 'virt-handler',
    account: accounts.handler,
    volumes: [...folders.map(({ volume }) => volume), podFacts, serving.volume, callers],
    pod: {
      hostPID: true,
      terminationGracePeriodSeconds,
      // The node agent makes networks and devices of Pods; that takes root.
      securityContext: {},
    },
    initContainers: [
      {
        name: 'virt-launcher',
        image: images['virt-launcher'],
        command: ['/bin/sh', '-c'],
        args: [
          `virt-launcher probe --capability-cache ${labeller}/capabilities > ${labeller}/probe.new && mv ${labeller}/probe.new ${labeller}/probe.json`,
        ],
        resources: requests('10m', '325Mi'),
        securityContext: { ...privileged, runAsUser: 0 },
        volumeMounts: folders.filter(({ mount }) => mount.mountPath === labeller).map(({ mount }) => mount),
      },
    ],
    container: {
      image: images['virt-handler'],
      command: ['virt-handler'],
      args: [
        '--port',
        String(ports.https),
        '--hostname-override',
        '$(NODE_NAME)',
        '--pod-ip-address',
        '$(MY_POD_IP)',
        '--max-metric-requests',
        '3',
        '--console-server-port',
        String(ports.handlerConsole),
        '-v',
        '2',
        ...(maxDevices === undefined ? [] : ['--max-devices', String(maxDevices)]),
      ],
      env: [
        { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        { name: 'MY_POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
      ports: [{ name: 'metrics', containerPort: ports.https, protocol: 'TCP' }],
      livenessProbe: httpsProbe('/healthz', {
        initialDelaySeconds: 15,
        timeoutSeconds: 10,
        periodSeconds: 45,
        failureThreshold: 3,
      }),
      readinessProbe: httpsProbe('/healthz', {
        initialDelaySeconds: 15,
        timeoutSeconds: 10,
        periodSeconds: 20,
      }),
      resources: requests('10m', '325Mi'),
      securityContext: privileged,
      volumeMounts: [
        ...folders.map(({ mount }) => mount),
        { name: podFacts.name, mountPath: '/etc/podinfo' },
        serving.mount,
        { name: callers.name, mountPath: '/etc/virt-handler/ca', readOnly: true },
      ],
    },
  };
}
