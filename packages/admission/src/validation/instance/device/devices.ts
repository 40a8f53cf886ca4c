import { persistentReservationEnabled } from '../../../configuration/lookups.ts';
import { invalid } from '../../finding.ts';
import { effectiveArchitecture } from '../architecture.ts';
import type { InstanceRule } from '../subject.ts';

const panicModels = ['hyperv', 'isa', 'pvpanic'];

/** Devices that depend on gates, on the configuration or on each other. */
export const deviceRules: readonly InstanceRule[] = [
  {
    id: 'VMI-050',
    *check({ spec, root, configuration: { gates } }) {
      if (spec.domain.devices.autoattachVSOCK === true && !gates.has('VSOCK'))
        yield invalid(`${root}.domain.devices.autoattachVSOCK`, 'the feature gate VSOCK is off');
    },
  },
  {
    id: 'VMI-051',
    *check({ spec, root, configuration }) {
      const reserved = (spec.domain.devices.disks ?? []).some(({ lun }) => lun?.reservation === true);
      if (reserved && !persistentReservationEnabled(configuration))
        yield invalid(
          `${root}.domain.devices.disks.luns.reservation`,
          'the cluster does not offer persistent reservation',
        );
    },
  },
  {
    id: 'VMI-052',
    *check({ spec, root, configuration: { gates } }) {
      if (spec.domain.devices.downwardMetrics !== undefined && !gates.has('DownwardMetrics'))
        yield invalid(`${root}.domain.devices.downwardMetrics`, 'the feature gate DownwardMetrics is off');
    },
  },
  {
    id: 'VMI-053',
    *check({ spec, root, configuration: { gates } }) {
      if (gates.has('EnableVirtioFsStorageVolumes')) return;
      for (const { name } of spec.domain.devices.filesystems ?? []) {
        const volume = spec.volumes?.find((candidate) => candidate.name === name);
        if (volume?.persistentVolumeClaim !== undefined || volume?.dataVolume !== undefined)
          yield invalid(
            `${root}.domain.devices.filesystems`,
            `storage volume "${name}" is shared where the feature gate EnableVirtioFsStorageVolumes is on`,
          );
      }
    },
  },
  {
    // KubeVirt reports it at `S.video`.
    id: 'VMI-054',
    *check({ spec, root }) {
      const { video, autoattachGraphicsDevice } = spec.domain.devices;
      if (video !== undefined && autoattachGraphicsDevice === false)
        yield invalid(`${root}.video`, 'there is no video device without a graphics device');
    },
  },
  {
    id: 'VMI-055',
    *check(subject) {
      const { panicDevices = [] } = subject.spec.domain.devices;
      if (panicDevices.length > 0 && effectiveArchitecture(subject) === 's390x')
        yield invalid(`${subject.root}.domain.devices.panicDevices`, 'machines of s390x have no such device');
    },
  },
  {
    id: 'VMI-056',
    *check({ spec, root }) {
      for (const [index, { model }] of (spec.domain.devices.panicDevices ?? []).entries())
        if (model !== undefined && !panicModels.includes(model))
          yield invalid(
            `${root}.domain.devices.panicDevices[${index}].model`,
            `"${model}" is not one of ${panicModels.join(', ')}`,
          );
    },
  },
];
