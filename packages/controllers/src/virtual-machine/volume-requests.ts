// Volumes that are asked for in a machine's status (KubeVirt lifecycle, volume hot-plug behind HotplugVolumes): the running instance
// gets or loses each first, then the template does, and then the request is over.
import type {
  AddVolumeOptions,
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachineInstanceSpec,
  VirtualMachineVolumeRequest,
  Volume,
} from '@virtkit/core-types';
import { phaseOf } from '../instance-phase.ts';
import { isDeleting } from '../runtime/finalizers.ts';
import type { MachineObservation } from './observation.ts';

type Spec = VirtualMachineInstanceSpec;

/** One step towards what requests ask for. */
export type VolumeRequestEffect =
  | {
      readonly kind: 'update-instance';
      readonly instance: VirtualMachineInstance;
      readonly updated: VirtualMachineInstance;
    }
  | { readonly kind: 'change-template'; readonly changed: VirtualMachine };

/** The next step; undefined when there are no requests, or all are carried out. */
export function planVolumeRequests({
  machine,
  instance,
  configuration,
}: MachineObservation): VolumeRequestEffect | undefined {
  const requests = configuration.gates.has('HotplugVolumes') ? (machine.status?.volumeRequests ?? []) : [];
  const running = instance !== undefined && phaseOf(instance) === 'Running' && !isDeleting(instance);
  if (running) {
    const spec = requests.reduce(carriedOut, instance.spec);
    if (spec !== instance.spec) return { kind: 'update-instance', instance, updated: { ...instance, spec } };
  }
  const { template } = machine.spec;
  const before = template.spec;
  const spec = before && requests.reduce(carriedOut, before);
  if (spec === before) return undefined;
  const changed = { ...machine, spec: { ...machine.spec, template: { ...template, spec } } };
  return { kind: 'change-template', changed };
}

/** The requests that the template does not show yet. */
export function openVolumeRequests({
  spec: { template },
  status,
}: VirtualMachine): VirtualMachineVolumeRequest[] | undefined {
  const before = template.spec;
  const open = status?.volumeRequests?.filter(
    (request) => before === undefined || carriedOut(before, request) !== before,
  );
  return open === undefined || open.length === 0 ? undefined : open;
}

/** The same spec where there is nothing to do. */
function carriedOut(
  spec: Spec,
  { addVolumeOptions, removeVolumeOptions }: VirtualMachineVolumeRequest,
): Spec {
  const { volumes = [], domain } = spec;
  const { disks = [] } = domain.devices;
  const withLists = (lists: Pick<Spec, 'volumes'> & { disks: typeof disks }): Spec => ({
    ...spec,
    volumes: lists.volumes,
    domain: { ...domain, devices: { ...domain.devices, disks: lists.disks } },
  });
  if (addVolumeOptions !== undefined) {
    const { name, disk } = addVolumeOptions;
    if (volumes.some((volume) => volume.name === name)) return spec;
    return withLists({
      volumes: [...volumes, volumeOf(addVolumeOptions)],
      disks: [...disks, { ...disk, name }],
    });
  }
  const name = removeVolumeOptions?.name;
  const left = volumes.filter((volume) => volume.name !== name);
  if (left.length === volumes.length) return spec;
  return withLists({ volumes: left, disks: disks.filter((disk) => disk.name !== name) });
}

function volumeOf({ name, volumeSource }: AddVolumeOptions): Volume {
  const { persistentVolumeClaim, dataVolume } = volumeSource;
  if (persistentVolumeClaim !== undefined)
    return { name, persistentVolumeClaim: { ...persistentVolumeClaim, hotpluggable: true } };
  return { name, ...(dataVolume && { dataVolume: { ...dataVolume, hotpluggable: true } }) };
}
