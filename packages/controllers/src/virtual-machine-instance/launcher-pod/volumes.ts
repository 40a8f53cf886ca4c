import type { ClusterConfiguration } from '@virtkit/admission';
import {
  launcherPaths,
  annotations,
  type VirtualMachineInstance,
  type VolumeMount,
} from '@virtkit/core-types';
import { ControllerError } from '../../runtime/errors.ts';
import { launcherVolumes, type LauncherFacts } from './facts.ts';
import { isRoot } from './identity.ts';
import { needsNetworkInfo } from './networks.ts';
import { kernelBootVolume } from './paths.ts';
import { mounted, nothing, together, type PodStorage } from './storage.ts';
import { sharedVolumes } from './virtiofs.ts';
import { imageStorage, readOnly, volumeStorage } from './volume-sources.ts';

/** Folders of every launcher; without a path it is for others than the launcher. */
const scratch: readonly (readonly [name: string, mountPath?: string])[] = [
  ['private', launcherPaths.private],
  ['public', launcherPaths.public],
  ['ephemeral-disks', launcherPaths.ephemeralDisks],
  ['libvirt-runtime', launcherPaths.libvirt],
  ['sockets', launcherPaths.sockets],
  ['virt-bin-share-dir'],
];

/**
 * Volumes of the launcher pod and where the compute container sees them, without those of hook sidecars.
 * @throws ControllerError `missing-claim` for a claim, the state's among them, that does not exist
 */
export function podStorage(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  facts: LauncherFacts,
): PodStorage {
  const { devices, firmware } = instance.spec.domain;
  const kernel = firmware?.kernelBoot?.container;
  return together([
    ...scratch.map(([name, mountPath]) =>
      mounted({ name, emptyDir: {} }, ...(mountPath === undefined ? [] : [{ mountPath }])),
    ),
    devices.disableHotplug === true
      ? nothing
      : mounted({ name: 'hotplug-disks', emptyDir: {} }, { mountPath: launcherPaths.hotplugDisks }),
    ...hugepages(instance),
    ...platform(instance, configuration),
    ...launcherVolumes(instance).map(({ volume }) => volumeStorage(volume, instance, facts)),
    ...accessCredentials(instance),
    kernel === undefined ? nothing : imageStorage(kernelBootVolume, kernel.image, kernel.imagePullPolicy),
    persistentState(instance, facts),
  ]);
}

function hugepages({ spec }: VirtualMachineInstance): PodStorage[] {
  if (spec.domain.memory?.hugepages === undefined) return [];
  const emptyDir = { medium: 'HugePages' };
  return [
    mounted({ name: 'hugepages', emptyDir }, { mountPath: launcherPaths.hugepages }),
    mounted({ name: 'hugetblfs-dir', emptyDir }, { mountPath: `${launcherPaths.hugepages}/libvirt/qemu` }),
  ];
}

function platform(instance: VirtualMachineInstance, configuration: ClusterConfiguration): PodStorage[] {
  const fieldPath = `metadata.annotations['${annotations.networkInfo}']`;
  return [
    configuration.gates.has('Plugins')
      ? mounted({ name: 'kubevirt-plugin-sockets', emptyDir: {} }, { mountPath: launcherPaths.plugins })
      : nothing,
    sharedVolumes(instance).length > 0
      ? mounted({ name: 'virtiofs-containers', emptyDir: {} }, { mountPath: launcherPaths.virtiofs })
      : nothing,
    needsNetworkInfo(instance, configuration)
      ? mounted(
          {
            name: 'network-info-annotation',
            downwardAPI: { items: [{ path: 'network-info', fieldRef: { fieldPath } }] },
          },
          { mountPath: launcherPaths.podInfo },
        )
      : nothing,
  ];
}

/** Secrets with keys and passwords of the guest's users, each once. */
function accessCredentials({ spec }: VirtualMachineInstance): PodStorage[] {
  const names = (spec.accessCredentials ?? []).flatMap(({ sshPublicKey, userPassword }) => {
    const name = (sshPublicKey ?? userPassword)?.source.secret?.secretName;
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].map((secretName) => {
    const name = `${secretName}-access-cred`;
    return mounted({ name, secret: { secretName } }, readOnly('secret', name));
  });
}

const stateVolume = 'vm-state';

/** What outlives the Pod beside disks: TPM state, UEFI variables and records of changed blocks. */
function persistentState(instance: VirtualMachineInstance, { stateClaim }: LauncherFacts): PodStorage {
  const mounts = stateMounts(instance);
  if (mounts.length === 0) return nothing;
  if (stateClaim === undefined)
    throw new ControllerError('missing-claim', 'the claim for the persistent state is not there yet');
  const state = mounted(
    { name: stateVolume, persistentVolumeClaim: { claimName: stateClaim } },
    { mountPath: '/run/kubevirt-private/backend-storage-meta', subPath: 'meta' },
    ...mounts,
  );
  if (isRoot(instance)) return state;
  const folder = `${launcherPaths.private}/libvirt`;
  return together([
    mounted({ name: 'private-libvirt', emptyDir: {} }, { mountPath: folder }),
    mounted({ name: 'private-libvirt-qemu', emptyDir: {} }, { mountPath: `${folder}/qemu` }),
    state,
  ]);
}

/** Whether something of the instance outlives its Pods beside disks. */
export function hasPersistentState(instance: VirtualMachineInstance): boolean {
  return stateMounts(instance).length > 0;
}

function stateMounts(instance: VirtualMachineInstance): Omit<VolumeMount, 'name'>[] {
  const { spec, status } = instance;
  const tpm = spec.domain.devices.tpm?.persistent === true && spec.domain.devices.tpm.enabled !== false;
  const efi = spec.domain.firmware?.bootloader?.efi?.persistent === true;
  const blocks = status?.changedBlockTracking?.state === 'Enabled';
  const root = isRoot(instance);
  const at = (subPath: string, asRoot: string, below: string) => ({
    mountPath: root ? asRoot : `${launcherPaths.private}/${below}`,
    subPath,
  });
  return [
    ...(tpm
      ? [
          at('swtpm', '/var/lib/libvirt/swtpm', 'libvirt/qemu/swtpm'),
          at('swtpm-localca', '/var/lib/swtpm-localca', 'var/lib/swtpm-localca'),
        ]
      : []),
    ...(efi ? [at('nvram', '/var/lib/libvirt/qemu/nvram', 'libvirt/qemu/nvram')] : []),
    ...(blocks ? [at('cbt', '/var/lib/libvirt/qemu/cbt', 'libvirt/qemu/cbt')] : []),
  ];
}
