import { labels } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { clusterConfiguration, instanceCreateFindings } from '../../../src/index.ts';
import {
  annotated,
  creationOf,
  testCreationSides,
  type CreationParts,
} from '../../support/creation-sides.ts';
import { cluster, withGates } from '../../support/instance-sides.ts';

const labelled = (...keys: string[]): CreationParts => ({
  metadata: { labels: Object.fromEntries(keys.map((key) => [key, ''])) },
});

testCreationSides('labels and annotations', [
  {
    id: 'META-1',
    refuses: labelled(labels.nodeName, 'app', labels.createdBy),
    accepts: labelled(labels.outdatedLauncherImage, 'app'),
    reason: 'N',
    fields: ['metadata.labels'],
  },
  {
    id: 'META-2',
    refuses: annotated('ignitionData', '{}'),
    accepts: {
      ...annotated('ignitionData', '{}'),
      configuration: withGates('ExperimentalIgnitionSupport'),
    },
    reason: 'I',
    fields: ['metadata.annotations'],
  },
  {
    id: 'META-2',
    refuses: annotated('ignitionData', ' '),
    accepts: annotated('ignitionData', ''),
    reason: 'I',
    fields: ['metadata.annotations'],
  },
  {
    id: 'META-3',
    refuses: annotated('hookSidecars', '[]'),
    accepts: { ...annotated('hookSidecars', '[]'), configuration: withGates('Sidecar') },
    reason: 'I',
    fields: ['metadata.annotations'],
  },
]);

const reserved = [
  'created-by',
  'migrationJobUID',
  'nodeName',
  'migrationTargetNodeName',
  'schedulable',
  'install-strategy',
];

test.each(reserved)('only components of KubeVirt may write the label kubevirt.io/%s', (key) => {
  const written = labelled(`kubevirt.io/${key}`);
  const judge = (trusted: boolean) =>
    instanceCreateFindings(creationOf({ ...written, trusted })).filter(({ rule }) => rule === 'META-1');
  expect(judge(false)).toHaveLength(1);
  expect(judge(true)).toEqual([]);
});

const configuration = cluster({
  permittedHostDevices: {
    pciHostDevices: [
      { resourceName: 'nvidia.com/grace', pciVendorSelector: '0x10de:2941' },
      { resourceName: 'nvidia.com/other', pciVendorSelector: '10DE:1EB8' },
    ],
  },
});
const gpu = (deviceName: string): CreationParts => ({
  configuration,
  parts: { domain: { devices: { gpus: [{ name: 'gpu', deviceName }] } } },
});
const grace = gpu('nvidia.com/grace');

testCreationSides('annotations of instances with Grace devices', [
  {
    id: 'GRCA-1',
    refuses: { ...grace, ...annotated('placePCIDevicesOnRootComplex', 'true') },
    accepts: { ...grace, ...annotated('placePCIDevicesOnRootComplex', 'True') },
    reason: 'I',
    fields: ['metadata.annotations[kubevirt.io/placePCIDevicesOnRootComplex]'],
  },
  {
    id: 'GRCA-2',
    refuses: { ...grace, ...annotated('disablePCIHole64', 'true') },
    accepts: { ...gpu('nvidia.com/other'), ...annotated('disablePCIHole64', 'true') },
    reason: 'I',
    fields: ['metadata.annotations[kubevirt.io/disablePCIHole64]'],
  },
]);

test('VK-HYPERVISOR: an instance names a hypervisor that the cluster has, where that is known', () => {
  const named = annotated('hypervisor', 'xen');
  const judge = (hypervisors?: string[]) =>
    instanceCreateFindings(
      creationOf({
        ...named,
        configuration: clusterConfiguration(undefined, hypervisors && { hypervisors }),
      }),
    ).filter(({ rule }) => rule === 'VK-HYPERVISOR');
  expect(judge(['mock'])).toMatchObject([
    { reason: 'FieldValueNotSupported', field: 'metadata.annotations[virtkit.dev/hypervisor]' },
  ]);
  expect(judge(['mock', 'xen'])).toEqual([]);
  expect(judge()).toEqual([]);
});
