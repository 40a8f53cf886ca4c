import type { ClusterConfiguration } from '@virtkit/admission';
import {
  launcherPaths,
  type Container,
  type VirtualMachineInstance,
  type Volume,
  type VolumeMount,
} from '@virtkit/core-types';
import { launcherVolumes } from './facts.ts';
import { unprivileged } from './identity.ts';
import { supportResources } from './support-containers.ts';

/** Volumes that the guest mounts as file systems, in the order of `spec.volumes`. */
export function sharedVolumes(instance: VirtualMachineInstance): Volume[] {
  const names = new Set((instance.spec.domain.devices.filesystems ?? []).map(({ name }) => name));
  return launcherVolumes(instance)
    .map(({ volume }) => volume)
    .filter(({ name, containerPath }) => names.has(name) && containerPath === undefined);
}

/** One virtiofsd per shared volume, each in a container of its own that sees nothing else. */
export function virtiofsContainers(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  launcherImage: string,
): Container[] {
  return sharedVolumes(instance).map((volume) => {
    const folder = sharedFolder(volume);
    const socket = `${launcherPaths.virtiofs}/${volume.name}.sock`;
    return {
      name: `virtiofs-${volume.name}`,
      image: launcherImage,
      imagePullPolicy: configuration.values.imagePullPolicy,
      command: ['/usr/libexec/virtiofsd'],
      args: [
        `--socket-path=${socket}`,
        `--shared-dir=${folder}`,
        '--sandbox=none',
        '--cache=auto',
        '--migration-on-error=guest-error',
        '--migration-mode=find-paths',
        // The token belongs to root, and the guest's root is to read it.
        ...(volume.serviceAccount === undefined ? [] : ['--translate-uid=host:107:0:1']),
      ],
      resources: supportResources('virtiofs', instance, configuration),
      securityContext: unprivileged,
      volumeMounts: [
        { name: 'virtiofs-containers', mountPath: launcherPaths.virtiofs },
        ...volumeMount(volume, folder),
      ],
    };
  });
}

function sharedFolder({ name, ...source }: Volume): string {
  const { private: root, serviceAccount } = launcherPaths;
  if (source.configMap !== undefined) return `${root}/config-map/${name}`;
  if (source.secret !== undefined) return `${root}/secret/${name}`;
  if (source.downwardAPI !== undefined) return `${root}/downwardapi/${name}`;
  return source.serviceAccount === undefined ? `/${name}` : serviceAccount;
}

/** The token's folder is mounted by Kubernetes itself. */
function volumeMount({ name, serviceAccount }: Volume, mountPath: string): VolumeMount[] {
  return serviceAccount === undefined ? [{ name, mountPath }] : [];
}
