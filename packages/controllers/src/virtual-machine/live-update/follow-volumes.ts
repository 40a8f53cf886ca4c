import type { ClusterConfiguration } from '@virtkit/admission';
import {
  jsonEqual,
  type Disk,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
  type Volume,
} from '@virtkit/core-types';
import { phaseOf } from '../../instance-phase.ts';
import { isDeleting } from '../../runtime/finalizers.ts';

/**
 * The running instance with the volumes that its machine's template has by now, of those that can be plugged; undefined when it has
 * them (KubeVirt lifecycle, declarative volume hot-plug). A source that changed is taken away first and comes back when nothing is
 * left of the one before; drives stay without their volume.
 */
export function followVolumes(
  machine: VirtualMachine,
  instance: VirtualMachineInstance,
  { gates }: ClusterConfiguration,
): VirtualMachineInstance | undefined {
  const declarative = gates.has('DeclarativeHotplugVolumes') && !gates.has('HotplugVolumes');
  const template = machine.spec.template.spec;
  if (!declarative || template === undefined || machine.spec.updateVolumesStrategy === 'Migration')
    return undefined;
  if (phaseOf(instance) !== 'Running' || isDeleting(instance)) return undefined;
  const spec = withArrivals(withoutDepartures(instance.spec, template), template, instance);
  return jsonEqual(spec, instance.spec) ? undefined : { ...instance, spec };
}

type Spec = VirtualMachineInstanceSpec;

function withoutDepartures(spec: Spec, template: Spec): Spec {
  const { volumes = [] } = spec;
  const stays = (volume: Volume): boolean =>
    !isPluggedClaim(volume) || (template.volumes ?? []).some((wanted) => sameSource(wanted, volume));
  const gone = new Set(volumes.filter((volume) => !stays(volume)).map(({ name }) => name));
  if (gone.size === 0) return spec;
  const keepsDrive = ({ name, cdrom }: Disk): boolean =>
    cdrom !== undefined && (template.domain.devices.disks ?? []).some((disk) => disk.name === name);
  return withLists(
    spec,
    volumes.filter(({ name }) => !gone.has(name)),
    (spec.domain.devices.disks ?? []).filter((disk) => !gone.has(disk.name) || keepsDrive(disk)),
  );
}

function withArrivals(spec: Spec, template: Spec, { spec: before, status }: VirtualMachineInstance): Spec {
  const volumes = spec.volumes ?? [];
  const disks = spec.domain.devices.disks ?? [];
  const present = new Set([
    ...(before.volumes ?? []).map(({ name }) => name),
    ...(status?.volumeStatus ?? []).map(({ name }) => name),
  ]);
  const added = (template.volumes ?? []).filter(
    (volume) => isPluggedClaim(volume) && !present.has(volume.name),
  );
  if (added.length === 0) return spec;
  const names = new Set(added.map(({ name }) => name));
  const drives = new Set(disks.map(({ name }) => name));
  const newDisks = (template.domain.devices.disks ?? []).filter(
    ({ name }) => names.has(name) && !drives.has(name),
  );
  return withLists(spec, [...volumes, ...added], [...disks, ...newDisks]);
}

function withLists(spec: Spec, volumes: Volume[], disks: Disk[]): Spec {
  const { domain } = spec;
  return { ...spec, volumes, domain: { ...domain, devices: { ...domain.devices, disks } } };
}

/** Memory dumps come and go on request, not with the template. */
function isPluggedClaim({ persistentVolumeClaim, dataVolume }: Volume): boolean {
  return (persistentVolumeClaim ?? dataVolume)?.hotpluggable === true;
}

function sameSource(a: Volume, b: Volume): boolean {
  return (
    a.name === b.name &&
    a.persistentVolumeClaim?.claimName === b.persistentVolumeClaim?.claimName &&
    a.dataVolume?.name === b.dataVolume?.name
  );
}
