// The launcher pod of an instance, as a pure function of the instance and the cluster's configuration.
import {
  annotations,
  podConditions,
  type Container,
  type ContainerPort,
  type Pod,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../cluster-configuration.ts';
import { computeContainer, unpausedCondition } from '../launcher-keys.ts';
import { podHostname, podMetadata } from './pod-metadata.ts';
import { affinity, nodeSelector } from './pod-placement.ts';
import { podResources, type PodResources } from './pod-resources.ts';
import { launcherPaths, podStorage } from './pod-volumes.ts';

/** User and group that the launcher and QEMU run as. */
export const launcherUser = 107;
const defaultGraceSeconds = 30;
/** Seconds that the launcher has beyond the guest's, and the pod beyond the launcher's. */
const gracePaddingSeconds = 15;

/** What a launcher Pod depends on beside its instance. */
export interface RenderOptions {
  readonly configuration: ClusterConfiguration;
  /** Image with the launcher program. */
  readonly launcherImage: string;
}

/** The hypervisor that runs the instance: the one it names, else the cluster's. */
export function hypervisorOf(instance: VirtualMachineInstance, configuration: ClusterConfiguration): string {
  return instance.metadata.annotations?.[annotations.hypervisor] ?? configuration.defaultHypervisor;
}

/**
 * Renders the launcher pod (KubeVirt launcher pod).
 * @throws ControllerError `unsupported` for what cannot be given to a launcher, `invalid-object` without name or uid
 */
export function renderPod(instance: VirtualMachineInstance, options: RenderOptions): Pod {
  const { configuration } = options;
  const { spec } = instance;
  const hypervisor = hypervisorOf(instance, configuration);
  const resources = podResources(instance, configuration, hypervisor);
  const storage = podStorage(instance);
  const grace = spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  const serviceAccount = spec.volumes?.find((volume) => volume.serviceAccount !== undefined)?.serviceAccount;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata(instance, configuration, resources.overheadBytes),
    spec: {
      hostname: podHostname(instance),
      subdomain: spec.subdomain,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: grace + 2 * gracePaddingSeconds,
      enableServiceLinks: false,
      dnsConfig: spec.dnsConfig,
      dnsPolicy: spec.dnsPolicy,
      schedulerName: spec.schedulerName,
      tolerations: spec.tolerations,
      topologySpreadConstraints: spec.topologySpreadConstraints,
      priorityClassName: spec.priorityClassName === '' ? undefined : spec.priorityClassName,
      runtimeClassName: configuration.runtimeClassName,
      nodeSelector: nodeSelector(instance, configuration, hypervisor),
      affinity: affinity(instance),
      readinessGates: readinessGates(instance),
      imagePullSecrets: imagePullSecrets(instance),
      serviceAccountName: spec.serviceAccountName ?? serviceAccount?.serviceAccountName,
      automountServiceAccountToken: serviceAccount !== undefined,
      securityContext: {
        fsGroup: launcherUser,
        ...(isRoot(instance)
          ? { runAsUser: 0 }
          : { runAsUser: launcherUser, runAsGroup: launcherUser, runAsNonRoot: true }),
        seccompProfile: configuration.seccompProfile,
        ...(configuration.selinuxLauncherType === undefined
          ? {}
          : { seLinuxOptions: { type: configuration.selinuxLauncherType } }),
      },
      containers: [compute(instance, options, hypervisor, grace, resources, storage.mounts)],
      volumes: storage.volumes,
    },
  };
}

/** The guest's readiness probe is carried out by the node agent, which alone reaches the guest and its agent. */
function readinessGates({ spec }: VirtualMachineInstance): { conditionType: string }[] {
  const gates = [unpausedCondition, ...(spec.readinessProbe === undefined ? [] : [podConditions.guestReady])];
  return gates.map((conditionType) => ({ conditionType }));
}

/** Instances run as user 107 unless admission recorded root for them. */
function isRoot({ status }: VirtualMachineInstance): boolean {
  return status?.runtimeUser === 0;
}

function compute(
  instance: VirtualMachineInstance,
  { configuration, launcherImage }: RenderOptions,
  hypervisor: string,
  grace: number,
  { resources }: PodResources,
  volumeMounts: Container['volumeMounts'],
): Container {
  const { name = '', namespace = '', uid = '' } = instance.metadata;
  const root = isRoot(instance);
  return {
    name: computeContainer,
    image: launcherImage,
    imagePullPolicy: configuration.imagePullPolicy,
    command: [
      'virt-launcher',
      ...['--name', name],
      ...['--namespace', namespace],
      ...['--uid', uid],
      ...['--hypervisor', hypervisor],
      ...['--grace-period-seconds', String(grace + gracePaddingSeconds)],
      ...['--socket-dir', launcherPaths.sockets],
    ],
    env: [
      ...(root
        ? []
        : [
            { name: 'XDG_CACHE_HOME', value: launcherPaths.private },
            { name: 'XDG_CONFIG_HOME', value: launcherPaths.private },
            { name: 'XDG_RUNTIME_DIR', value: '/var/run' },
          ]),
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    ports: containerPorts(instance),
    resources,
    securityContext: root
      ? {
          runAsUser: 0,
          runAsNonRoot: false,
          capabilities: { add: [...networkCapabilities(instance), 'SYS_NICE'] },
        }
      : {
          runAsUser: launcherUser,
          runAsGroup: launcherUser,
          runAsNonRoot: true,
          allowPrivilegeEscalation: false,
          capabilities: { add: networkCapabilities(instance), drop: ['ALL'] },
        },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts,
  };
}

/**
 * KubeVirt's launchers answer DHCP themselves; ours start dnsmasq, which refuses to serve it without NET_ADMIN. It reaches
 * no further than the Pod's own network namespace.
 */
function networkCapabilities({ spec }: VirtualMachineInstance): string[] {
  const servesDhcp = (spec.domain.devices.interfaces ?? []).length > 0;
  return ['NET_BIND_SERVICE', ...(servesDhcp ? ['NET_ADMIN'] : [])];
}

function containerPorts({ spec }: VirtualMachineInstance): ContainerPort[] {
  return (spec.domain.devices.interfaces ?? []).flatMap(({ ports = [] }) =>
    ports.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol: protocol ?? 'TCP' })),
  );
}

function imagePullSecrets({ spec }: VirtualMachineInstance): { name: string }[] | undefined {
  const names = [
    ...(spec.volumes ?? []).map((volume) => volume.containerDisk?.imagePullSecret),
    spec.domain.firmware?.kernelBoot?.container?.imagePullSecret,
  ].filter((name) => name !== undefined && name !== '');
  return names.length === 0 ? undefined : [...new Set(names)].map((name) => ({ name: name! }));
}
