import type { DomainSpec, VirtualMachineInstanceStatus } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { clusterConfiguration, restoredStatus, type ClusterConfiguration } from '../../src/index.ts';
import { completeInstance, now } from '../support/complete-instance.ts';
import { configured } from '../support/kubevirts.ts';

const spec = (domain: Partial<DomainSpec> = {}, architecture = 'amd64') => ({
  architecture,
  domain: { devices: {}, ...domain },
});
const transition = { phase: 'Pending', phaseTransitionTimestamp: now };

describe('the first status', () => {
  test('is Pending since now, with the topology and memory that the guest boots with', () => {
    const domain = { cpu: { sockets: 2, cores: 3 }, memory: { guest: '1Gi' } };
    expect(completeInstance({ spec: spec(domain) }).status).toEqual({
      phase: 'Pending',
      phaseTransitionTimestamps: [transition],
      currentCPUTopology: { sockets: 2, cores: 3, threads: 0 },
      memory: { guestAtBoot: '1Gi', guestCurrent: '1Gi', guestRequested: '1Gi' },
      runtimeUser: 107,
    });
  });

  test.each<[string, VirtualMachineInstanceStatus | undefined, boolean, object]>([
    ['has no memory that is not known', undefined, true, { phase: 'Pending' }],
    [
      "keeps what KubeVirt's components say",
      { virtualMachineRevisionName: 'r', currentCPUTopology: { sockets: 9 } },
      true,
      { virtualMachineRevisionName: 'r', currentCPUTopology: { sockets: 9 } },
    ],
    [
      'appends the phase to those that were given',
      { phase: 'Running', phaseTransitionTimestamps: [{ phase: 'Running' }] },
      true,
      { phase: 'Pending', phaseTransitionTimestamps: [{ phase: 'Running' }, transition] },
    ],
  ])('%s', (_title, status, trusted, expected) => {
    const { status: first } = completeInstance({ status }, { trusted });
    expect(first).toMatchObject(expected);
    expect(first).not.toHaveProperty('memory');
  });

  test('drops what others say', () => {
    const { status } = completeInstance({ status: { nodeName: 'node-1' } }, { trusted: false });
    expect(status).not.toHaveProperty('nodeName');
  });

  test('has no user of its own where the gate Root is on', () => {
    const configuration = configured({ developerConfiguration: { featureGates: ['Root'] } });
    expect(completeInstance({}, { configuration }).status).not.toHaveProperty('runtimeUser');
  });
});

describe('metadata', () => {
  test.each([
    [undefined, ['kubevirt.io/foregroundDeleteVirtualMachine']],
    [['mine'], ['mine', 'kubevirt.io/foregroundDeleteVirtualMachine']],
    [['kubevirt.io/foregroundDeleteVirtualMachine'], ['kubevirt.io/foregroundDeleteVirtualMachine']],
  ])('finalizers %j become %j', (finalizers, expected) => {
    expect(completeInstance({ metadata: { name: 'vmi', finalizers } }).metadata.finalizers).toEqual(expected);
  });

  const evenParity = 'alpha.kubevirt.io/EmulatorThreadCompleteToEvenParity';
  const parity = (featureGates: string[], annotations: Record<string, string>) =>
    configured({ developerConfiguration: { featureGates } }, { metadata: { annotations } });
  const isolated = spec({ cpu: { isolateEmulatorThread: true } }, 's390x');
  const tdx = spec({ launchSecurity: { tdx: {} } }, 's390x');
  const builtIn = clusterConfiguration();
  const noService = {
    ...builtIn,
    values: {
      ...builtIn.values,
      confidentialCompute: { tdx: { attestation: { enforced: false, qgsSocketPath: '' } } },
    },
  };
  const pci = 'kubevirt.io/pci-topology-version';
  const qgs = 'kubevirt.io/qgs-socket-path';
  test.each<[string, ReturnType<typeof spec>, ClusterConfiguration, Record<string, string> | undefined]>([
    ['PCI Express devices are placed', spec(), builtIn, { [pci]: 'v3' }],
    ['on arm64 too', spec({}, 'arm64'), builtIn, { [pci]: 'v3' }],
    ['not on s390x', spec({}, 's390x'), builtIn, undefined],
    ['not on an old machine type', spec({ machine: { type: 'pc-i440fx-9.0' } }), builtIn, undefined],
    ['on a versioned q35', spec({ machine: { type: 'pc-q35-9.0' } }), builtIn, { [pci]: 'v3' }],
    ['even parity is copied', isolated, parity(['AlignCPUs'], { [evenParity]: 'x' }), { [evenParity]: '' }],
    ['even parity is not copied with the gate off', isolated, parity([], { [evenParity]: '' }), undefined],
    ['even parity is not copied where the cluster has none', isolated, parity(['AlignCPUs'], {}), undefined],
    [
      'even parity is not copied without an isolated emulator thread',
      spec({}, 's390x'),
      parity(['AlignCPUs'], { [evenParity]: '' }),
      undefined,
    ],
    ['TDX guests are told of the quote service', tdx, builtIn, { [qgs]: '/var/run/tdx-qgs/qgs.socket' }],
    ['TDX guests are not told of none', tdx, noService, undefined],
  ])('%s', (_title, given, configuration, annotations) => {
    expect(completeInstance({ spec: given }, { configuration }).metadata.annotations).toEqual(annotations);
  });

  test('a placement of PCI Express devices that is given stays', () => {
    const annotations = { [pci]: 'v2' };
    const completed = completeInstance({ spec: spec(), metadata: { name: 'vmi', annotations } });
    expect(completed.metadata.annotations).toEqual(annotations);
  });
});

describe('NTP servers', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['010.000.0.001', '10.0.0.1'],
    ['2001:DB8:0:0::01', '2001:db8::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:010.0.0.1', '10.0.0.1'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    ['256.0.0.1', '256.0.0.1'],
    ['0256.0.0.1', '0256.0.0.1'],
    ['1.2.3', '1.2.3'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['1::2::3', '1::2::3'],
    ['a]/:b', 'a]/:b'],
    ['ntp.example.com', 'ntp.example.com'],
  ])('%s is written %s', (given, written) => {
    const interfaces = [{ name: 'a', masquerade: {}, dhcpOptions: { ntpServers: [given] } }];
    const { domain } = completeInstance({ spec: spec({ devices: { interfaces } }) }).spec;
    expect(domain.devices.interfaces?.[0]?.dhcpOptions?.ntpServers).toEqual([written]);
  });
});

describe('an update', () => {
  const stored = { metadata: { name: 'vmi' }, spec: spec(), status: { phase: 'Pending' } };
  const forged = { ...stored, metadata: { name: 'vmi', labels: { a: 'b' } }, status: { phase: 'Running' } };
  const { status: _status, ...bare } = stored;

  test('of the status by others is undone, and nothing else', () => {
    expect(restoredStatus(stored, forged, false)).toEqual({ ...forged, status: stored.status });
    expect(restoredStatus(bare, forged, false)).toEqual({ ...bare, metadata: forged.metadata });
    expect(restoredStatus(stored, bare, false)).toEqual(stored);
  });

  test("is left alone when it is KubeVirt's own or does not touch the status", () => {
    expect(restoredStatus(stored, forged, true)).toBeUndefined();
    expect(restoredStatus(stored, { ...forged, status: stored.status }, false)).toBeUndefined();
  });
});
