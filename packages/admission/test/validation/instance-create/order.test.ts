import { annotations, labels } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { denialOf, instanceCreateFindings, instanceFindings } from '../../../src/index.ts';
import { creationOf, type CreationParts } from '../../support/creation-sides.ts';
import { cluster } from '../../support/instance-sides.ts';

/** An instance with a fault for each group of rules. */
const faulty: CreationParts = {
  metadata: {
    labels: { [labels.nodeName]: 'node' },
    annotations: { [annotations.disablePCIHole64]: 'true' },
  },
  parts: {
    hostname: 'A',
    networks: [{ name: 'net', multus: { networkName: '' } }],
    volumes: [{ name: 'a', containerDisk: { image: 'image', path: '/' } }],
    utilityVolumes: [],
    domain: {
      features: { hyperv: {}, hypervPassthrough: {} },
      devices: {
        disks: [{ name: 'a', cache: 'x' }],
        interfaces: [{ name: 'net', bridge: {}, passt: {} }],
        gpus: [{ name: 'gpu', deviceName: 'grace' }],
        video: { type: 'x' },
      },
    },
  },
  configuration: cluster({
    developerConfiguration: { featureGates: ['Passt'] },
    permittedHostDevices: { pciHostDevices: [{ resourceName: 'grace', pciVendorSelector: '10de:2342' }] },
  }),
};

test('networks, disks and some rules for volumes are judged before the spec as a whole, and with it', () => {
  expect(instanceCreateFindings(creationOf(faulty)).map(({ rule }) => rule)).toEqual([
    'FG-1',
    'NETC-2',
    'NET-06',
    'VOL-22',
    'VOL-23',
    'DSK-13',
    'VMI-001',
    'NET-06',
    'DSK-13',
    'VOL-22',
    'VOL-23',
    'GRC-2',
    'VMIC-5',
    'META-1',
    'GRCA-2',
    'HYP-8',
    'ARCH-3',
  ]);
});

test('causes that are told twice are counted twice', () => {
  const { denied } = denialOf(instanceCreateFindings(creationOf(faulty)));
  expect(denied?.causes?.map(({ field }) => field)).toEqual([
    undefined,
    'spec.domain.devices.interfaces[0].passt',
    'spec.networks[0]',
    'spec.volumes[0].containerDisk',
    'spec.utilityVolumes',
    'spec.domain.devices.disks[0].cache',
    'spec.hostname',
    'spec.networks[0]',
    'spec.domain.devices.disks[0].cache',
    'spec.volumes[0].containerDisk',
  ]);
  expect(denied?.message).toMatch(/, and 7 more validation errors$/);
});

test('machines and replica sets are not asked what only new instances are', () => {
  const { spec, configuration } = creationOf(faulty);
  const rules = instanceFindings({ spec, root: 'spec.template.spec', configuration }).map(({ rule }) => rule);
  expect(rules).toEqual(['VMI-001', 'NET-06', 'DSK-13', 'VOL-22', 'VOL-23', 'GRC-2']);
});
