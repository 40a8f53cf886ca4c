import {
  launcherPaths,
  type PodVolume,
  type VirtualMachineInstance,
  type Volume,
  type VolumeMount,
} from '@virtkit/core-types';
import { ControllerError } from '../../runtime/errors.ts';
import { claimOf, type ClaimFacts, type LauncherFacts } from './facts.ts';
import { mounted, nothing, together, type PodStorage } from './storage.ts';

/**
 * What a volume of the instance becomes in the Pod (KubeVirt launcher pod, volumes).
 * @throws ControllerError `missing-claim` for a claim that does not exist
 */
export function volumeStorage(
  volume: Volume,
  instance: VirtualMachineInstance,
  { claims }: LauncherFacts,
): PodStorage {
  const { name } = volume;
  const claimName = claimOf(volume);
  if (claimName !== undefined) return claimStorage(volume, claimName, claims?.get(claimName));
  if (volume.hostDisk !== undefined) return hostDisk(name, volume.hostDisk);
  if (volume.containerDisk !== undefined) {
    const { image, imagePullPolicy } = volume.containerDisk;
    return imageStorage(name, image, imagePullPolicy);
  }
  if (volume.cloudInitNoCloud !== undefined || volume.cloudInitConfigDrive !== undefined)
    return cloudInitStorage(volume);
  if (volume.sysprep !== undefined) return sysprep(name, volume.sysprep);
  if (volume.downwardMetrics !== undefined)
    return mounted(
      { name, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      { mountPath: `${launcherPaths.private}/downwardmetric-disk` },
    );
  // emptyDisk is made by the launcher, a service account's token is given by Kubernetes, a memory dump is attached later,
  // and what a containerPath shows is another volume of the Pod.
  return filesOfApi(volume, instance) ?? nothing;
}

/** Kernel and initrd, from an image. */
export function imageStorage(name: string, reference: string, pullPolicy: string | undefined): PodStorage {
  const mountPath = `${launcherPaths.containerDisks}/${name}`;
  return mounted({ name, image: { reference, pullPolicy } }, { mountPath, readOnly: true });
}

function claimStorage(volume: Volume, claimName: string, facts: ClaimFacts | undefined): PodStorage {
  if (facts === undefined)
    throw new ControllerError('missing-claim', `volume ${volume.name}: there is no claim ${claimName}`);
  const { name } = volume;
  const source = volume.persistentVolumeClaim ?? volume.ephemeral?.persistentVolumeClaim;
  const readOnly = source?.readOnly;
  const storage: PodVolume = {
    name,
    persistentVolumeClaim: { claimName, ...(readOnly === undefined ? {} : { readOnly }) },
  };
  return facts.volumeMode === 'Block'
    ? { volumes: [storage], mounts: [], devices: [{ name, devicePath: `/dev/${name}` }] }
    : mounted(storage, { mountPath: `${launcherPaths.disks}/${name}` });
}

function hostDisk(name: string, { path, type }: NonNullable<Volume['hostDisk']>): PodStorage {
  const folder = path.slice(0, Math.max(1, path.lastIndexOf('/')));
  return mounted(
    { name, hostPath: { path: folder, type: type === 'DiskOrCreate' ? 'DirectoryOrCreate' : 'Directory' } },
    { mountPath: `${launcherPaths.disks}/${name}` },
  );
}

function sysprep(name: string, { secret, configMap }: NonNullable<Volume['sysprep']>): PodStorage {
  const source: PodVolume =
    secret === undefined
      ? { name, configMap: { name: configMap?.name ?? '' } }
      : { name, secret: { secretName: secret.name ?? '' } };
  return mounted(source, readOnly('sysprep', name));
}

/** Secrets, ConfigMaps and fields of the Pod: volumes in any case, seen by the launcher when a disk is made of them. */
function filesOfApi(volume: Volume, instance: VirtualMachineInstance): PodStorage | undefined {
  const { name, secret, configMap, downwardAPI } = volume;
  if (secret !== undefined) {
    const { secretName, optional } = secret;
    return forDisk(instance, mounted({ name, secret: { secretName, optional } }, readOnly('secret', name)));
  }
  if (configMap !== undefined) {
    const source = { name, configMap: { name: configMap.name, optional: configMap.optional } };
    return forDisk(instance, mounted(source, readOnly('config-map', name)));
  }
  if (downwardAPI !== undefined) {
    const source = { name, downwardAPI: { items: downwardAPI.fields } };
    return forDisk(instance, mounted(source, readOnly('downwardapi', name)));
  }
  return undefined;
}

function cloudInitStorage(volume: Volume): PodStorage {
  const source = volume.cloudInitNoCloud ?? volume.cloudInitConfigDrive;
  const user = source?.secretRef?.name;
  const network = source?.networkDataSecretRef?.name;
  return together([
    user === undefined ? nothing : secretFiles(volume.name, 'udata', user, ['userdata', 'userData']),
    network === undefined
      ? nothing
      : secretFiles(volume.name, 'ndata', network, ['networkdata', 'networkData']),
  ]);
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

/** A folder of read-only files below the launcher's private one. */
export function readOnly(folder: string, name: string): Omit<VolumeMount, 'name'> {
  return { mountPath: `${launcherPaths.private}/${folder}/${name}`, readOnly: true };
}

/** The launcher sees such a volume only when a disk or an ACPI table is made of it; as a file system it is another container's. */
function forDisk(instance: VirtualMachineInstance, storage: PodStorage): PodStorage {
  const [volume] = storage.volumes;
  const { devices, firmware } = instance.spec.domain;
  const tables = [firmware?.acpi?.slicNameRef, firmware?.acpi?.msdmNameRef];
  const used = [...(devices.disks ?? []).map(({ name }) => name), ...tables];
  return used.includes(volume?.name ?? '') ? storage : { ...storage, mounts: [] };
}
