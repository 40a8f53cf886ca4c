import { launcherPaths, type Disk, type VirtualMachineInstance, type Volume } from '@virtkit/core-types';
import type { DiskSource } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { ImageFact, MachineFacts } from '../facts.ts';
import { planConfigDrive } from './config-drive.ts';
import { planSeed } from './cloud-init.ts';
import type { DiskTarget } from './disk-target.ts';
import { wholeUnits } from './quantities.ts';

/** Folders of the launcher's Pod in which a volume's files are, by kind of volume; KubeVirt's. */
const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const metricsDisk = `${launcherPaths.private}/downwardapi-disks/vhostmd0`;
const overlayFolder = `${launcherPaths.private}/libvirt/qemu/cbt`;

/** KubeVirt: the label of a volume of files that names none. */
const defaultLabel = 'cfgdata';

/**
 * Where a disk's bytes come from.
 * @throws PlanError `missing-fact` for an image that was not looked up, `invalid` for a LUN that is no device, `unsupported`
 */
export function planSource(
  vmi: VirtualMachineInstance,
  disk: Disk,
  volume: Volume,
  field: string,
  target: DiskTarget,
  facts: MachineFacts,
): DiskSource {
  const { name } = volume;
  const image = facts.images[name];
  const made = madeSource(vmi, volume, field, facts);
  if (target.device === 'lun' && (made !== undefined || volume.containerDisk !== undefined))
    throw new PlanError('invalid', `disk ${name} is a LUN, which needs a device and not a file`, { field });
  if (made !== undefined) return made;
  if (volume.containerDisk !== undefined) {
    const { path, format } = found(image, name, field);
    // What the guest cannot write to needs no overlay.
    return { kind: target.readOnly ? 'file' : 'ephemeral', path, format };
  }
  if (volume.ephemeral !== undefined) {
    const { path, format, block } = found(image, name, field);
    return { kind: 'ephemeral', path, format, ...(block === true && { block }) };
  }
  if (
    volume.persistentVolumeClaim !== undefined ||
    volume.dataVolume !== undefined ||
    volume.hostDisk !== undefined
  )
    return written(found(image, name, field), name, disk.changedBlockTracking === true);
  throw new PlanError('unsupported', `the source of volume ${name} is not offered`, { field });
}

function found(image: ImageFact | undefined, name: string, field: string): ImageFact {
  if (image !== undefined) return image;
  throw new PlanError('missing-fact', `the image of volume ${name} was not looked up`, { field });
}

/** A source that the guest writes to directly, with an overlay in front where changed blocks are tracked. */
function written({ path, format, block = false }: ImageFact, name: string, tracked: boolean): DiskSource {
  if (tracked) return { kind: 'tracked', path: `${overlayFolder}/${name}.qcow2`, data: { path, block } };
  return block ? { kind: 'block', path } : { kind: 'file', path, format };
}

/** Sources that are made for the machine, of the spec or of files in the Pod. */
function madeSource(
  vmi: VirtualMachineInstance,
  volume: Volume,
  field: string,
  facts: MachineFacts,
): DiskSource | undefined {
  const { name } = volume;
  const folder = (of: string, volumeLabel = defaultLabel): DiskSource => ({
    kind: 'folder',
    path: `${launcherPaths.private}/${of}/${name}`,
    volumeLabel: volumeLabel || defaultLabel,
  });
  if (volume.emptyDisk !== undefined)
    return {
      kind: 'scratch',
      sizeBytes: wholeUnits(volume.emptyDisk.capacity, `${field}.emptyDisk.capacity`) ?? 0,
    };
  if (volume.cloudInitNoCloud !== undefined)
    return planSeed(
      vmi,
      volume.cloudInitNoCloud,
      { volume: name, field: `${field}.cloudInitNoCloud` },
      facts,
    );
  if (volume.cloudInitConfigDrive !== undefined)
    return planConfigDrive(
      vmi,
      volume.cloudInitConfigDrive,
      { volume: name, field: `${field}.cloudInitConfigDrive` },
      facts,
    );
  if (volume.configMap !== undefined) return folder('config-map', volume.configMap.volumeLabel);
  if (volume.secret !== undefined) return folder('secret', volume.secret.volumeLabel);
  if (volume.downwardAPI !== undefined) return folder('downwardapi', volume.downwardAPI.volumeLabel);
  if (volume.sysprep !== undefined)
    return {
      kind: 'folder',
      path: `${launcherPaths.private}/sysprep/${name}`,
      volumeLabel: 'unattendCD',
      requiresOneOf: ['autounattend.xml', 'unattend.xml'],
    };
  if (volume.serviceAccount !== undefined)
    return { kind: 'folder', path: serviceAccountFolder, volumeLabel: defaultLabel };
  if (volume.downwardMetrics !== undefined) return { kind: 'file', path: metricsDisk, format: 'raw' };
  return undefined;
}
