import {
  launcherPaths,
  type Container,
  type ContainerPathVolumeSource,
  type Pod,
  type PodVolume,
  type VirtualMachineInstance,
  type VolumeMount,
} from '@virtkit/core-types';

const compute = 'compute';
const sockets = { name: 'virtiofs-containers', mountPath: launcherPaths.virtiofs };
/** User and group of launchers. */
const launcherUser = 107;
/** Volumes of a Pod whose content does not change under the guest. */
const sharedSources = ['configMap', 'secret', 'projected', 'downwardAPI', 'emptyDir'] as const;

/**
 * The containers that a launcher Pod lacks to share folders of its own with the guest (KubeVirt defaulting, virt-launcher Pod):
 * one virtiofsd for each `containerPath` volume that is a read-only file system of the instance and lies in a volume that the
 * container `compute` mounts. Other volumes are passed over; their instance will say what is missing.
 */
export function containerPathContainers(pod: Pod, instance: VirtualMachineInstance): readonly Container[] {
  const containers = pod.spec?.containers ?? [];
  const launcher = containers.find(({ name }) => name === compute);
  if (launcher === undefined) return [];
  const { volumes = [], domain } = instance.spec;
  const shared = new Set((domain.devices.filesystems ?? []).map(({ name }) => name));
  return volumes.flatMap(({ name, containerPath }) => {
    const known = containers.some((container) => container.name === containerName(name));
    if (containerPath === undefined || known || !shared.has(name)) return [];
    const source = sourceOf(containerPath, launcher, pod);
    return source === undefined ? [] : [virtiofsd(name, source, launcher)];
  });
}

/** Where a path of the launcher comes from. */
interface Source {
  readonly mount: VolumeMount;
  readonly volume: PodVolume;
  /** Path inside the volume; empty for the volume itself. */
  readonly subPath: string;
}

function sourceOf(
  { path, readOnly }: ContainerPathVolumeSource,
  { volumeMounts = [] }: Container,
  pod: Pod,
): Source | undefined {
  if (readOnly !== true) return undefined;
  const [mount] = volumeMounts
    .filter(({ mountPath }) => path === mountPath || path.startsWith(`${withoutSlash(mountPath)}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  const volume = pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  if (mount === undefined || volume === undefined) return undefined;
  if (sharedSources.every((source) => volume[source] === undefined)) return undefined;
  const below = path === mount.mountPath ? '' : path.slice(withoutSlash(mount.mountPath).length + 1);
  const subPath = [mount.subPath, below].filter(Boolean).join('/');
  return { mount, volume, subPath };
}

function virtiofsd(name: string, { mount, volume, subPath }: Source, { image }: Container): Container {
  const folder = `/virtiofs-data/${name}`;
  const token = volume.projected?.sources?.some(
    ({ serviceAccountToken }) => serviceAccountToken !== undefined,
  );
  return {
    name: containerName(name),
    ...(image === undefined ? {} : { image }),
    imagePullPolicy: 'IfNotPresent',
    command: ['/usr/libexec/virtiofsd'],
    args: [
      `--socket-path=${sockets.mountPath}/${name}.sock`,
      `--shared-dir=${folder}`,
      '--sandbox=none',
      '--cache=auto',
      '--migration-on-error=guest-error',
      '--migration-mode=find-paths',
      // The token belongs to root, and the guest's root is to read it.
      ...(token === true ? [`--translate-uid=host:${launcherUser}:0:1`] : []),
    ],
    securityContext: {
      runAsUser: launcherUser,
      runAsGroup: launcherUser,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      sockets,
      { name: mount.name, mountPath: folder, readOnly: true, ...(subPath === '' ? {} : { subPath }) },
    ],
  };
}

function containerName(volume: string): string {
  return `virtiofs-${volume}`;
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
