import type { HostDisk, Volume } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { clusterConfiguration } from '../../../src/index.ts';
import { volumeFindings } from '../../../src/validation/instance/volume/index.ts';
import { specOf, testInstanceSides, withGates, type SpecParts } from '../../support/instance-sides.ts';

type Source = Omit<Volume, 'name'>;

/** Volumes that are called a, b, c. */
const volumes = (...sources: Source[]): SpecParts => ({
  volumes: sources.map((source, index) => ({ name: 'abc'.charAt(index), ...source })),
});
const image: Source = { containerDisk: { image: 'image' } };
const claim: Source = { persistentVolumeClaim: { claimName: 'claim' } };
const field = 'S.volumes[0]';

testInstanceSides('names and sources of volumes', [
  {
    id: 'VOL-01',
    refuses: {
      volumes: [
        { name: 'a', ...image },
        { name: 'b', ...image },
        { name: 'a', ...image },
        { name: 'a', ...image },
      ],
    },
    accepts: volumes(image, image, image),
    reason: 'I',
    fields: ['S.volumes[2].name', 'S.volumes[3].name'],
    alone: true,
  },
  {
    id: 'VOL-02',
    refuses: volumes(image, { dataVolume: { name: '' } }),
    accepts: volumes(image, { dataVolume: { name: 'a' } }),
    reason: 'R',
    fields: ['S.volumes[1].name'],
    alone: true,
  },
  {
    id: 'VOL-03',
    refuses: volumes({}, { ...image, ...claim }),
    accepts: volumes(image, claim),
    reason: 'I',
    fields: ['S.volumes[0]', 'S.volumes[1]'],
    alone: true,
  },
]);

const hostDisk = (members: Partial<HostDisk>): SpecParts =>
  volumes({ hostDisk: { path: '/disk.img', type: 'Disk', ...members } });
const account: Source = { serviceAccount: { serviceAccountName: 'account' } };
const metrics: Source = { downwardMetrics: {} };
const dump: Source = { memoryDump: { claimName: 'claim' } };
const withMetrics = withGates('DownwardMetrics');

testInstanceSides('what volumes take from the node and the namespace', [
  {
    id: 'VOL-11',
    refuses: volumes(metrics),
    accepts: { parts: volumes(metrics), configuration: withMetrics },
    reason: 'I',
    fields: [field],
    alone: true,
  },
  {
    id: 'VOL-12',
    refuses: hostDisk({}),
    accepts: { parts: hostDisk({}), configuration: withGates('HostDisk') },
    reason: 'I',
    fields: [field],
    alone: true,
  },
  {
    id: 'VOL-13',
    refuses: hostDisk({ path: '' }),
    accepts: hostDisk({ path: 'a' }),
    reason: 'NF',
    fields: [`${field}.hostDisk.path`],
  },
  {
    id: 'VOL-14',
    refuses: hostDisk({ type: 'disk' }),
    accepts: hostDisk({ type: 'DiskOrCreate' }),
    reason: 'I',
    fields: [`${field}.hostDisk.type`],
  },
  {
    id: 'VOL-15',
    refuses: hostDisk({ capacity: '1' }),
    accepts: hostDisk({ capacity: '0Gi' }),
    reason: 'I',
    fields: [`${field}.hostDisk.capacity`],
  },
  {
    id: 'VOL-16',
    refuses: volumes({ configMap: {} }, { configMap: { name: '' } }),
    accepts: volumes({ configMap: { name: 'a' } }),
    reason: 'I',
    fields: ['S.volumes[0].configMap.name', 'S.volumes[1].configMap.name'],
    alone: true,
  },
  {
    id: 'VOL-17',
    refuses: volumes({ secret: {} }, { secret: { secretName: '' } }),
    accepts: volumes({ secret: { secretName: 'a' } }),
    reason: 'I',
    fields: ['S.volumes[0].secret.secretName', 'S.volumes[1].secret.secretName'],
    alone: true,
  },
  {
    id: 'VOL-18',
    refuses: volumes({ serviceAccount: {} }),
    accepts: volumes(account),
    reason: 'I',
    fields: [`${field}.serviceAccount.serviceAccountName`],
    alone: true,
  },
]);

testInstanceSides('volumes as a whole', [
  {
    id: 'VOL-19',
    refuses: volumes(account, account, account),
    accepts: volumes(account, image),
    reason: 'I',
    fields: ['S.volumes'],
    alone: true,
  },
  {
    id: 'VOL-20',
    refuses: { parts: volumes(metrics, metrics), configuration: withMetrics },
    accepts: { parts: volumes(metrics), configuration: withMetrics },
    reason: 'I',
    fields: ['S.volumes'],
    alone: true,
  },
  {
    id: 'VOL-21',
    refuses: volumes(dump, dump),
    accepts: volumes(dump, claim),
    reason: 'I',
    fields: ['S.volumes'],
    alone: true,
  },
  {
    id: 'VOL-22',
    refuses: volumes(
      image,
      { containerDisk: { image: 'image', path: 'disk.img' } },
      { containerDisk: { image: 'image', path: '/' } },
    ),
    accepts: volumes(
      { containerDisk: { image: 'image', path: '' } },
      { containerDisk: { image: 'image', path: '/disk/disk.img' } },
    ),
    reason: 'I',
    fields: ['S.volumes[1].containerDisk', 'S.volumes[2].containerDisk'],
    alone: true,
  },
  {
    id: 'VOL-23',
    refuses: { utilityVolumes: [] },
    accepts: {},
    reason: 'I',
    fields: ['S.utilityVolumes'],
    alone: true,
  },
]);

test('volumes are judged one by one, and then as a whole', () => {
  const spec = specOf(
    volumes({ hostDisk: { path: '', type: '' } }, { containerDisk: { image: 'i', path: 'x' } }, {}),
  );
  const found = volumeFindings({ spec, root: 'spec', configuration: clusterConfiguration() });
  expect(found.map(({ rule, field: at }) => `${rule} ${at}`)).toEqual([
    'VOL-12 spec.volumes[0]',
    'VOL-13 spec.volumes[0].hostDisk.path',
    'VOL-14 spec.volumes[0].hostDisk.type',
    'VOL-03 spec.volumes[2]',
    'VOL-22 spec.volumes[1].containerDisk',
  ]);
});
