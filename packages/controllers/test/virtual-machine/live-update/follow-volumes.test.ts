import { clusterConfiguration } from '@virtkit/admission';
import type { Disk, VirtualMachineInstance, Volume } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { followVolumes } from '../../../src/virtual-machine/live-update/follow-volumes.ts';
import { instanceOf, machineOf } from '../../builders.ts';

const plugged = (name: string, claimName = name): Volume => ({
  name,
  persistentVolumeClaim: { claimName, hotpluggable: true },
});
const fixed: Volume = { name: 'root', containerDisk: { image: 'i' } };
const disk = (name: string): Disk => ({ name, disk: { bus: 'scsi' } });
const drive = (name: string): Disk => ({ name, cdrom: { bus: 'sata' } });

interface Side {
  volumes?: Volume[];
  disks?: Disk[];
}

function follow(
  template: Side,
  running: Side,
  {
    status = {},
    gates = {},
    strategy,
  }: { status?: VirtualMachineInstance['status']; gates?: object; strategy?: string } = {},
) {
  const specOf = ({ volumes = [], disks = [] }: Side) => ({ domain: { devices: { disks } }, volumes });
  const configuration = clusterConfiguration({
    metadata: {},
    spec: { configuration: { developerConfiguration: gates } },
  });
  const updated = followVolumes(
    machineOf({ template: { spec: specOf(template) }, updateVolumesStrategy: strategy }),
    instanceOf({ phase: 'Running', ...status }, {}, specOf(running)),
    configuration,
  );
  return (
    updated && {
      volumes: updated.spec.volumes?.map(({ name }) => name),
      disks: updated.spec.domain.devices.disks?.map(({ name }) => name),
    }
  );
}

const root = { volumes: [fixed], disks: [disk('root')] };
const withData = { volumes: [fixed, plugged('data')], disks: [disk('root'), disk('data')] };

describe('volumes of a running instance follow the template', () => {
  it('come and go with their disks', () => {
    expect(follow(withData, root)).toEqual({ volumes: ['root', 'data'], disks: ['root', 'data'] });
    expect(follow(root, withData)).toEqual({ volumes: ['root'], disks: ['root'] });
    expect(follow(withData, withData)).toBeUndefined();
  });

  it('are exchanged in two steps, the second when nothing of the first is left', () => {
    const other = { ...withData, volumes: [fixed, plugged('data', 'another')] };
    expect(follow(other, withData)).toEqual({ volumes: ['root'], disks: ['root'] });
    const left = { volumeStatus: [{ name: 'data', target: 'sda', hotplugVolume: {} }] };
    expect(follow(other, root, { status: left })).toBeUndefined();
    expect(follow(other, root)).toEqual({ volumes: ['root', 'data'], disks: ['root', 'data'] });
  });

  it('leave their drive where it is', () => {
    const empty = { volumes: [fixed], disks: [disk('root'), drive('cd')] };
    const loaded = { ...empty, volumes: [fixed, plugged('cd')] };
    expect(follow(loaded, empty)).toEqual({ volumes: ['root', 'cd'], disks: ['root', 'cd'] });
    expect(follow(empty, loaded)).toEqual({ volumes: ['root'], disks: ['root', 'cd'] });
  });

  it('are no others than those that can be plugged', () => {
    const more: Volume = { name: 'more', emptyDisk: { capacity: '1Gi' } };
    expect(follow({ ...root, volumes: [fixed, more] }, root)).toBeUndefined();
    expect(follow({}, root)).toBeUndefined();
    const dump: Volume = { name: 'dump', memoryDump: { claimName: 'dump', hotpluggable: true } };
    expect(follow(root, { ...root, volumes: [fixed, dump] })).toBeUndefined();
  });

  it.each([
    ['a guest that does not run', { status: { phase: 'Scheduled' } }],
    ['volumes that are migrated', { strategy: 'Migration' }],
    ['requests instead of the template', { gates: { featureGates: ['HotplugVolumes'] } }],
    ['the gate off', { gates: { disabledFeatureGates: ['DeclarativeHotplugVolumes'] } }],
  ])('do not with %s', (_title, options) => {
    expect(follow(withData, root, options)).toBeUndefined();
  });
});
