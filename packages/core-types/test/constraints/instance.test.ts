import { describe, expect, it } from 'vitest';
import { crd, resources, type StructuralSchema } from '@virtkit/core-types';
import { absent, shows, times, type Constraint } from './constraint.ts';

const kind = 'VirtualMachineInstance';
const spec = (id: string, at: string, bad: readonly unknown[], good: readonly unknown[]): Constraint => ({
  id,
  kind,
  at: `spec.${at}`,
  bad,
  good,
});

describe('lists', () => {
  const most = 256;
  shows(
    [
      'volumes',
      'networks',
      'accessCredentials',
      'utilityVolumes',
      'domain.devices.disks',
      'domain.devices.interfaces',
    ].map((at) => spec('CRD-01', at, [times(most + 1)], [times(most)])),
  );
  const twice = (item: unknown): unknown[] => [item, item];
  shows(['utilityVolumes', 'resourceClaims'].map((at) => spec('CRD-02', at, [twice], [times(2)])));
  const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
  shows([
    spec(
      'CRD-03',
      'topologySpreadConstraints',
      [[spread, { ...spread, maxSkew: 2 }]],
      [
        [spread, { ...spread, whenUnsatisfiable: 'ScheduleAnyway' }],
        [spread, { ...spread, topologyKey: 'host' }],
      ],
    ),
  ]);
});

describe('values', () => {
  const path = 'volumes.0.containerPath.path';
  shows([
    spec('CRD-04', path, ['a/b', '', `/${'a'.repeat(4096)}`], ['/', '/a/b', `/${'a'.repeat(4095)}`]),
    { ...spec('CRD-04', path, ['/a/../b', '/..'], ['/a/.b/c.d']), cel: `spec.${path}` },
    spec('CRD-05', 'volumes.0.containerPath.readOnly', [false], [true, absent]),
    spec('CRD-06', 'domain.rebootPolicy', ['reboot', ''], ['Reboot', 'Terminate', absent]),
    spec(
      'CRD-07',
      'domain.memory.reservedOverhead.memLock',
      ['None', ''],
      ['NotRequired', 'Required', absent],
    ),
  ]);

  it('CRD-05 accepts nothing, which the API server makes true', () => {
    const schema = crd(resources.virtualMachineInstances).spec.versions[0]!.schema!
      .openAPIV3Schema as StructuralSchema;
    const volume = schema.properties!['spec']!.properties!['volumes']!.items!;
    expect(volume.properties!['containerPath']!.properties!['readOnly']!.default).toBe(true);
  });
});

describe('required members', () => {
  const required: Record<string, readonly string[]> = {
    spec: ['domain'],
    'spec.domain': ['devices'],
    'spec.domain.devices.disks.0': ['name'],
    'spec.domain.devices.filesystems.0': ['name', 'virtiofs'],
    'spec.domain.devices.gpus.0': ['name'],
    'spec.domain.devices.hostDevices.0': ['name'],
    'spec.domain.devices.inputs.0': ['name', 'type'],
    'spec.domain.devices.interfaces.0': ['name'],
    'spec.domain.devices.interfaces.0.binding': ['name'],
    'spec.domain.devices.interfaces.0.ports.0': ['port'],
    'spec.domain.devices.interfaces.0.portRanges.0': ['start', 'end', 'protocol'],
    'spec.domain.devices.interfaces.0.dhcpOptions.privateOptions.0': ['option', 'value'],
    'spec.domain.devices.sound': ['name'],
    'spec.domain.devices.watchdog': ['name'],
    'spec.domain.cpu.features.0': ['name'],
    'spec.domain.firmware.kernelBoot.container': ['image'],
    'spec.networks.0': ['name'],
    'spec.networks.0.multus': ['networkName'],
    'spec.resourceClaims.0': ['name'],
    'spec.volumes.0': ['name'],
    'spec.volumes.0.containerDisk': ['image'],
    'spec.volumes.0.containerPath': ['path'],
    'spec.volumes.0.dataVolume': ['name'],
    'spec.volumes.0.emptyDisk': ['capacity'],
    'spec.volumes.0.hostDisk': ['path', 'type'],
    'spec.volumes.0.persistentVolumeClaim': ['claimName'],
    'spec.volumes.0.ephemeral.persistentVolumeClaim': ['claimName'],
    'spec.volumes.0.memoryDump': ['claimName'],
    'spec.utilityVolumes.0': ['name', 'claimName'],
    'spec.accessCredentials.0.sshPublicKey': ['source', 'propagationMethod'],
    'spec.accessCredentials.0.sshPublicKey.source.secret': ['secretName'],
    'spec.accessCredentials.0.sshPublicKey.propagationMethod.qemuGuestAgent': ['users'],
    'spec.accessCredentials.0.userPassword': ['source', 'propagationMethod'],
    'spec.accessCredentials.0.userPassword.source.secret': ['secretName'],
    'spec.livenessProbe.httpGet': ['port'],
    'spec.readinessProbe.tcpSocket': ['port'],
    'spec.topologySpreadConstraints.0': ['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
  };
  shows(
    Object.entries(required).flatMap(([place, members]) =>
      members.map((member) => ({ id: 'CRD-08', kind, at: `${place}.${member}`, bad: [absent], good: [] })),
    ),
  );
  shows([
    { id: 'CRD-08', kind, at: 'spec.volumes', bad: [], good: [absent, []] },
    { id: 'CRD-08', kind, at: 'spec.domain.devices', bad: [], good: [{}] },
    { id: 'CRD-08', kind, at: 'spec.domain', bad: [], good: [{ devices: {} }] },
  ]);
});

describe('status', () => {
  const largest = 4_294_967_295;
  const checksum = { bad: [-1, largest + 1], good: [0, largest] };
  const claim = 'status.volumeStatus.0.persistentVolumeClaimInfo';
  shows([
    { id: 'CRD-10', kind, at: 'status.VSOCKCID', ...checksum },
    { id: 'CRD-10', kind, at: 'status.kernelBootStatus.kernelInfo.checksum', ...checksum },
    { id: 'CRD-10', kind, at: 'status.kernelBootStatus.initrdInfo.checksum', ...checksum },
    { id: 'CRD-10', kind, at: 'status.volumeStatus.0.containerDiskVolume.checksum', ...checksum },
    {
      id: 'CRD-10',
      kind,
      at: `${claim}.filesystemOverhead`,
      bad: ['', '2', '1.0', '0.1234', '.5', '0.', '55%'],
      good: ['0', '1', '0.5', '0.055', absent],
    },
  ]);
});
