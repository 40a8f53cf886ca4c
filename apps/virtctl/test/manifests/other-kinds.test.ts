import { resources, type KubernetesObject } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { cloneManifest, type CloneFlags } from '../../src/manifests/clone.ts';
import {
  instancetypeManifest,
  preferenceManifest,
  type InstancetypeFlags,
  type PreferenceFlags,
} from '../../src/manifests/instancetype.ts';
import { serviceManifest, type Exposed, type ExposeFlags } from '../../src/manifests/service.ts';

const facts = { suffix: () => 'abcde' };
const local = { ...facts, namespace: 'shop' };
const usage = expect.objectContaining({ code: 'usage' }) as Error;
const parsed = (definition: { schema?: { parse(value: unknown): KubernetesObject } }, value: object) =>
  definition.schema!.parse(value);

describe('create instancetype', () => {
  const made = (flags: Partial<InstancetypeFlags>, given = facts) =>
    parsed(
      resources.virtualMachineInstancetypes,
      instancetypeManifest({ cpu: '2', memory: '1Gi', ...flags }, given),
    );

  it.each<[Partial<InstancetypeFlags>, object]>([
    [{}, { kind: 'VirtualMachineClusterInstancetype', metadata: { name: 'clusterinstancetype-abcde' } }],
    [{ namespaced: true }, { kind: 'VirtualMachineInstancetype', metadata: { name: 'instancetype-abcde' } }],
    [
      { name: 'small' },
      { metadata: { name: 'small' }, spec: { cpu: { guest: 2 }, memory: { guest: '1Gi' } } },
    ],
    [
      { gpu: ['name:g,devicename:nvidia.com/a'] },
      { spec: { gpus: [{ name: 'g', deviceName: 'nvidia.com/a' }] } },
    ],
    [{ hostdevice: ['name:h,devicename:d'] }, { spec: { hostDevices: [{ name: 'h', deviceName: 'd' }] } }],
    [{ iothreadspolicy: 'auto' }, { spec: { ioThreadsPolicy: 'auto' } }],
  ])('%j', (flags, expected) => {
    expect(made(flags)).toMatchObject(expected);
  });

  it('is of the namespace that is named', () => {
    expect(made({}, local)).toMatchObject({
      apiVersion: 'instancetype.kubevirt.io/v1beta1',
      kind: 'VirtualMachineInstancetype',
      metadata: { name: 'instancetype-abcde', namespace: 'shop' },
    });
  });

  it.each<Partial<InstancetypeFlags>>([
    { cpu: '0' },
    { cpu: 'two' },
    { memory: 'much' },
    { gpu: ['name:g'] },
    { hostdevice: ['devicename:d'] },
    { iothreadspolicy: 'supplementalPool' },
  ])('refuses %j', (flags) => {
    expect(() => made(flags)).toThrow(usage);
  });
});

describe('create preference', () => {
  const made = (flags: PreferenceFlags, given = facts) =>
    parsed(resources.virtualMachinePreferences, preferenceManifest(flags, given));

  it.each<[PreferenceFlags, object]>([
    [
      {},
      { kind: 'VirtualMachineClusterPreference', metadata: { name: 'clusterpreference-abcde' }, spec: {} },
    ],
    [{ namespaced: true }, { kind: 'VirtualMachinePreference', metadata: { name: 'preference-abcde' } }],
    [{ volumeStorageClass: 'fast' }, { spec: { volumes: { preferredStorageClassName: 'fast' } } }],
    [{ machineType: 'q35' }, { spec: { machine: { preferredMachineType: 'q35' } } }],
    [{ cpuTopology: 'spread' }, { spec: { cpu: { preferredCPUTopology: 'spread' } } }],
    [{ cpuTopology: 'preferCores' }, { spec: { cpu: { preferredCPUTopology: 'preferCores' } } }],
  ])('%j', (flags, expected) => {
    expect(made(flags)).toMatchObject(expected);
  });

  it('refuses a topology that is none', () => {
    expect(() => made({ cpuTopology: 'dies' })).toThrow(usage);
  });
});

describe('create clone', () => {
  const made = (flags: Partial<CloneFlags>, given = facts) =>
    parsed(resources.virtualMachineClones, cloneManifest({ sourceName: 'web', ...flags }, given));

  it.each<[Partial<CloneFlags>, object]>([
    [
      {},
      {
        apiVersion: 'clone.kubevirt.io/v1beta1',
        metadata: { name: 'clone-abcde' },
        spec: { source: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'web' } },
      },
    ],
    [
      { sourceType: 'vmsnapshot' },
      { spec: { source: { apiGroup: 'snapshot.kubevirt.io', kind: 'VirtualMachineSnapshot' } } },
    ],
    [
      { targetName: 'copy', name: 'it' },
      { metadata: { name: 'it' }, spec: { target: { name: 'copy' } } },
    ],
    [{ labelFilter: ['a', '!b'] }, { spec: { labelFilters: ['a', '!b'] } }],
    [{ annotationFilter: ['a'] }, { spec: { annotationFilters: ['a'] } }],
    [
      { templateLabelFilter: ['a'], templateAnnotationFilter: ['b'] },
      { spec: { template: { labelFilters: ['a'], annotationFilters: ['b'] } } },
    ],
    [
      { newMacAddress: ['eth0:02-00-00-00-00-01'] },
      { spec: { newMacAddresses: { eth0: '02-00-00-00-00-01' } } },
    ],
    [{ newSmbiosSerial: 's' }, { spec: { newSMBiosSerial: 's' } }],
  ])('%j', (flags, expected) => {
    expect(made(flags)).toMatchObject(expected);
  });

  it.each<Partial<CloneFlags>>([
    { sourceType: 'pod' },
    { targetType: 'snapshot' },
    { newMacAddress: ['eth0:02:00:00:00:00:01'] },
    { newMacAddress: ['eth0'] },
  ])('refuses %j', (flags) => {
    expect(() => made(flags)).toThrow(usage);
  });
});

describe('expose', () => {
  const exposed: Exposed = {
    owner: { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name: 'web', uid: 'u' },
    selector: { 'vmi.kubevirt.io/id': 'web' },
    spec: {
      networks: [
        { name: 'red', multus: { networkName: 'red' } },
        { name: 'default', pod: {} },
      ],
      domain: {
        devices: {
          interfaces: [
            { name: 'red', bridge: {}, ports: [{ port: 1 }] },
            {
              name: 'default',
              masquerade: {},
              ports: [{ port: 80 }, { name: 'dns', port: 53, protocol: 'UDP' }],
            },
          ],
        },
      },
    },
  };
  const made = (flags: Partial<ExposeFlags>, of = exposed) =>
    parsed(
      resources.services,
      serviceManifest(of, { name: 'svc', type: 'ClusterIP', protocol: 'TCP', ...flags }),
    );

  it.each<[Partial<ExposeFlags>, object]>([
    [{ port: 80 }, { ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }], type: 'ClusterIP' }],
    [
      { port: 80, targetPort: 'http', portName: 'web', protocol: 'udp' },
      { ports: [{ name: 'web', port: 80, targetPort: 'http', protocol: 'UDP' }] },
    ],
    [{ port: 80, targetPort: '8080' }, { ports: [{ targetPort: 8080 }] }],
    [
      {},
      {
        ports: [
          { name: 'port-1', port: 80, targetPort: 80, protocol: 'TCP' },
          { name: 'port-2', port: 53, targetPort: 53, protocol: 'UDP' },
        ],
      },
    ],
    [{ type: 'nodeport' }, { type: 'NodePort' }],
    [
      { clusterIp: 'None', externalIp: '1.2.3.4' },
      { clusterIP: 'None', externalIPs: ['1.2.3.4'] },
    ],
    [{ ipFamily: 'ipv6' }, { ipFamilies: ['IPv6'] }],
    [{ ipFamily: 'IPv4,IPv6' }, { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' }],
    [{ ipFamily: 'IPv6,IPv4', ipFamilyPolicy: 'requiredualstack' }, { ipFamilyPolicy: 'RequireDualStack' }],
  ])('%j', (flags, spec) => {
    expect(made(flags)).toMatchObject({
      metadata: {
        name: 'svc',
        ownerReferences: [{ ...exposed.owner, controller: true, blockOwnerDeletion: false }],
      },
      spec: { selector: exposed.selector, ...spec },
    });
  });

  it.each<[Partial<ExposeFlags>, Exposed?]>([
    [{ type: 'ExternalName', port: 80 }],
    [{ protocol: 'SCTP', port: 80 }],
    [{ ipFamily: 'IPv5', port: 80 }],
    [{ ipFamilyPolicy: 'Many', port: 80 }],
    [{}, { ...exposed, spec: undefined }],
    [{ name: undefined, port: 80 }],
  ])('refuses %j', (flags, of) => {
    expect(() => made(flags, of)).toThrow(usage);
  });
});
