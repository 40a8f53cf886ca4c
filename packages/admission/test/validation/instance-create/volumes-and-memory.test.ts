import type { Devices, DomainSpec, Volume } from '@virtkit/core-types';
import { testCreationSides, type CreationParts } from '../../support/creation-sides.ts';

const volumes = (list: Volume[], devices: Devices = {}): CreationParts => ({
  parts: { volumes: list, domain: { devices } },
});
const image = (name: string): Volume => ({ name, containerDisk: { image: 'image' } });
const path = (name: string, folder = '/data'): Volume => ({ name, containerPath: { path: folder } });
const disk = (name: string) => ({ name, disk: {} });
const filesystem = (name: string) => ({ name, virtiofs: {} });

testCreationSides('how volumes are shown', [
  {
    id: 'VMIC-1',
    refuses: volumes([image('a'), image('b'), image('c')], {
      disks: [disk('a')],
      filesystems: [filesystem('c')],
    }),
    accepts: volumes([image('a'), { name: 'b', memoryDump: { claimName: 'claim' } }], { disks: [disk('a')] }),
    reason: 'I',
    fields: ['spec.domain.volumes[1].name'],
  },
  {
    id: 'VMIC-2',
    refuses: volumes([path('a')], { disks: [disk('a')], filesystems: [filesystem('a')] }),
    accepts: volumes([path('a'), image('b')], { disks: [disk('b')], filesystems: [filesystem('a')] }),
    reason: 'I',
    fields: ['spec.domain.volumes[0]'],
  },
  {
    id: 'VMIC-3',
    refuses: volumes([image('a'), path('b')], { disks: [disk('a'), disk('b')] }),
    accepts: volumes([image('a'), path('b')], { disks: [disk('a')], filesystems: [filesystem('b')] }),
    reason: 'I',
    fields: ['spec.domain.volumes[1]'],
  },
  {
    id: 'VMIC-4',
    refuses: volumes([path('a', '/var/run/kubevirt'), path('b', '/var/run/libvirt/common')]),
    accepts: volumes([path('a', '/var/run'), path('b', '/run/kubevirt')]),
    reason: 'I',
    fields: ['spec.domain.volumes[0].containerPath.path', 'spec.domain.volumes[1].containerPath.path'],
  },
]);

const memory = (domain: Partial<DomainSpec>): CreationParts => ({ parts: { domain } });

testCreationSides('memory', [
  {
    id: 'VMIC-5',
    refuses: memory({ memory: {} }),
    accepts: memory({ memory: { guest: '1Gi' } }),
    reason: 'R',
    fields: [undefined],
  },
  {
    id: 'VMIC-5',
    refuses: memory({ resources: { requests: { memory: '0Mi' }, limits: { memory: '1Gi' } } }),
    accepts: memory({ resources: { requests: { memory: '1' } } }),
    reason: 'R',
    fields: [undefined],
  },
  {
    id: 'VMIC-5',
    refuses: memory({}),
    accepts: memory({ memory: { hugepages: { pageSize: '2Mi' } } }),
    reason: 'R',
    fields: [undefined],
  },
]);
