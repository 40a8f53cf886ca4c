import type { ClusterConfiguration } from '@virtkit/admission';
import {
  launcherPaths,
  type Container,
  type ContainerPort,
  type EnvVar,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { computeContainer } from '../../launcher-keys.ts';
import { claimOf, launcherVolumes, type LauncherFacts } from './facts.ts';
import { isRoot, launcherUser, unprivilegedEnvironment } from './identity.ts';
import { daemonLogEnvironment, launcherLogEnvironment } from './log-verbosity.ts';
import type { PodStorage } from './storage.ts';

/** What the launcher's container is made of beside the instance. */
export interface ComputeParts {
  readonly configuration: ClusterConfiguration;
  readonly launcherImage: string;
  readonly hypervisor: string;
  readonly facts: LauncherFacts;
  /** Seconds that the guest has to end by itself. */
  readonly graceSeconds: number;
  readonly resources: Container['resources'];
  readonly storage: Pick<PodStorage, 'mounts' | 'devices'>;
}

/** The container with launcher, libvirt daemon and QEMU; the Pod's first. */
export function computeContainerOf(instance: VirtualMachineInstance, parts: ComputeParts): Container {
  const { configuration, launcherImage, hypervisor, graceSeconds, resources, storage } = parts;
  const { name = '', namespace = '', uid = '' } = instance.metadata;
  return {
    name: computeContainer,
    image: launcherImage,
    imagePullPolicy: configuration.values.imagePullPolicy,
    command: [
      'virt-launcher',
      ...['--name', name],
      ...['--namespace', namespace],
      ...['--uid', uid],
      ...['--hypervisor', hypervisor],
      ...['--grace-period-seconds', String(graceSeconds)],
      ...['--socket-dir', launcherPaths.sockets],
    ],
    env: environment(instance, parts),
    ports: containerPorts(instance),
    resources,
    securityContext: securityContext(instance),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [...storage.mounts],
    ...(storage.devices.length === 0 ? {} : { volumeDevices: [...storage.devices] }),
  };
}

function environment(instance: VirtualMachineInstance, { configuration, facts }: ComputeParts): EnvVar[] {
  const shared = sharedFolders(instance, facts);
  return [
    ...(isRoot(instance) ? [] : unprivilegedEnvironment),
    ...(shared.length === 0 ? [] : [{ name: 'SHARED_FILESYSTEM_PATHS', value: shared.join(':') }]),
    ...launcherLogEnvironment(instance, configuration),
    ...daemonLogEnvironment(instance, configuration),
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ];
}

/** Folders of claims that several nodes may write to at a time. */
function sharedFolders(instance: VirtualMachineInstance, { claims }: LauncherFacts): string[] {
  return launcherVolumes(instance).flatMap(({ volume }) => {
    const claim = claims?.get(claimOf(volume) ?? '');
    const shared = claim?.volumeMode === 'Filesystem' && claim.accessModes.includes('ReadWriteMany');
    return shared ? [`${launcherPaths.disks}/${volume.name}`] : [];
  });
}

function securityContext(instance: VirtualMachineInstance): Container['securityContext'] {
  const add = ['NET_BIND_SERVICE'];
  return isRoot(instance)
    ? { runAsUser: 0, runAsNonRoot: false, capabilities: { add: [...add, 'SYS_NICE'] } }
    : {
        runAsUser: launcherUser,
        runAsGroup: launcherUser,
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        capabilities: { add, drop: ['ALL'] },
      };
}

function containerPorts({ spec }: VirtualMachineInstance): ContainerPort[] {
  return (spec.domain.devices.interfaces ?? []).flatMap(({ ports = [] }) =>
    ports.map(({ name, port, protocol }) => ({
      name,
      containerPort: port,
      protocol: protocol === undefined || protocol === '' ? 'TCP' : protocol,
    })),
  );
}
