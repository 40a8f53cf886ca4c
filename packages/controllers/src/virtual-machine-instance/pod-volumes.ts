import type { PodVolume, VirtualMachineInstance, Volume, VolumeMount } from '@virtkit/core-types';
import { ControllerError } from '../runtime/errors.ts';

/** Where the launcher finds things in its container; the launcher and virt-handler rely on these paths. */
export const launcherPaths = {
  /** Holds the launcher's socket, `launcher-sock`. */
  sockets: '/var/run/kubevirt/sockets',
  private: '/var/run/kubevirt-private',
  ephemeralDisks: '/var/run/kubevirt-ephemeral-disks',
  libvirt: '/var/run/libvirt',
  /** One folder per containerDisk, by the name of its volume; the image's files are in it. */
  containerDisks: '/var/run/kubevirt/container-disks',
} as const;

/** Name of the pod volume with kernel and initrd. */
export const kernelBootVolume = 'kernel-boot-volume';

interface PodStorage {
  readonly volumes: PodVolume[];
  readonly mounts: VolumeMount[];
}

const scratch: readonly (readonly [name: string, mountPath: string])[] = [
  ['private', launcherPaths.private],
  ['ephemeral-disks', launcherPaths.ephemeralDisks],
  ['libvirt-runtime', launcherPaths.libvirt],
  ['sockets', launcherPaths.sockets],
];

/**
 * Volumes of the launcher pod and where the compute container sees them.
 * @throws ControllerError `unsupported` naming a volume whose source cannot be given to a launcher
 */
export function podStorage(instance: VirtualMachineInstance): PodStorage {
  const parts: PodStorage[] = [
    ...scratch.map(([name, mountPath]) => mounted({ name, emptyDir: {} }, { mountPath })),
    ...(instance.spec.volumes ?? []).map((volume) => volumeStorage(volume, instance)),
    kernelBootStorage(instance),
  ];
  return { volumes: parts.flatMap(({ volumes }) => volumes), mounts: parts.flatMap(({ mounts }) => mounts) };
}

const none: PodStorage = { volumes: [], mounts: [] };

function mounted(volume: PodVolume, ...mounts: Omit<VolumeMount, 'name'>[]): PodStorage {
  return { volumes: [volume], mounts: mounts.map((mount) => ({ name: volume.name, ...mount })) };
}

function volumeStorage(volume: Volume, instance: VirtualMachineInstance): PodStorage {
  const { name } = volume;
  if (volume.containerDisk !== undefined) {
    const { image, imagePullPolicy } = volume.containerDisk;
    return imageStorage(name, image, imagePullPolicy);
  }
  if (volume.cloudInitNoCloud !== undefined || volume.cloudInitConfigDrive !== undefined) {
    return cloudInitStorage(volume);
  }
  if (volume.secret !== undefined) {
    const { secretName, optional } = volume.secret;
    return forDisk(instance, mounted({ name, secret: { secretName, optional } }, readOnly('secret', name)));
  }
  if (volume.configMap !== undefined) {
    const { name: configMap, optional } = volume.configMap;
    const source = { name, configMap: { name: configMap, optional } };
    return forDisk(instance, mounted(source, readOnly('config-map', name)));
  }
  // Written by the launcher itself, or given by the kubelet to every container of the pod.
  if (volume.emptyDisk !== undefined || volume.serviceAccount !== undefined) return none;
  throw new ControllerError('unsupported', `volume ${name}: this source cannot be given to a launcher`);
}

function imageStorage(name: string, reference: string, pullPolicy: string | undefined): PodStorage {
  const mountPath = `${launcherPaths.containerDisks}/${name}`;
  return mounted({ name, image: { reference, pullPolicy } }, { mountPath, readOnly: true });
}

function kernelBootStorage({ spec }: VirtualMachineInstance): PodStorage {
  const container = spec.domain.firmware?.kernelBoot?.container;
  return container === undefined
    ? none
    : imageStorage(kernelBootVolume, container.image, container.imagePullPolicy);
}

function cloudInitStorage(volume: Volume): PodStorage {
  const source = volume.cloudInitNoCloud ?? volume.cloudInitConfigDrive;
  const user = source?.secretRef?.name;
  const network = source?.networkDataSecretRef?.name;
  const parts = [
    user === undefined ? none : secretFiles(volume.name, 'udata', user, ['userdata', 'userData']),
    network === undefined ? none : secretFiles(volume.name, 'ndata', network, ['networkdata', 'networkData']),
  ];
  return { volumes: parts.flatMap(({ volumes }) => volumes), mounts: parts.flatMap(({ mounts }) => mounts) };
}

/** Both spellings of the key are mounted; the launcher takes the one that is there. */
function secretFiles(
  volume: string,
  suffix: string,
  secretName: string,
  keys: readonly string[],
): PodStorage {
  return mounted(
    { name: `${volume}-${suffix}`, secret: { secretName } },
    ...keys.map((key) => ({
      mountPath: `${launcherPaths.private}/secret/${volume}/${key}`,
      subPath: key,
      readOnly: true,
    })),
  );
}

function readOnly(folder: string, name: string): Omit<VolumeMount, 'name'> {
  return { mountPath: `${launcherPaths.private}/${folder}/${name}`, readOnly: true };
}

/** The launcher sees such a volume only when a disk is made of it; as a file system it is another container's. */
function forDisk(instance: VirtualMachineInstance, storage: PodStorage): PodStorage {
  const [volume] = storage.volumes;
  const hasDisk = (instance.spec.domain.devices.disks ?? []).some(({ name }) => name === volume?.name);
  return hasDisk ? storage : { ...storage, mounts: [] };
}
