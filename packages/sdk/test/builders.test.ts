import { resources } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import {
  claimDisk,
  cloudInitDisk,
  containerDisk,
  dataVolumeDisk,
  emptyDisk,
  instanceId,
  machineService,
  virtualMachine,
  virtualMachineInstance,
} from '../src/index.ts';

describe('virtualMachine', () => {
  it('makes a common machine', () => {
    const manifest = virtualMachine({
      name: 'web',
      namespace: 'shop',
      labels: { app: 'web' },
      memory: '512Mi',
      cpu: 2,
      containerDisk: 'registry.example/debian:12',
      cloudInit: '#cloud-config\n',
      ports: [80, { port: 53, protocol: 'UDP' }],
      hypervisor: 'mock',
    });
    expect(manifest).toEqual({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
      spec: {
        runStrategy: 'Always',
        template: {
          metadata: { labels: { app: 'web' }, annotations: { 'virtkit.dev/hypervisor': 'mock' } },
          spec: {
            domain: {
              cpu: { cores: 2 },
              memory: { guest: '512Mi' },
              devices: {
                disks: [
                  { name: 'root', disk: { bus: 'virtio' } },
                  { name: 'cloudinit', disk: { bus: 'virtio' } },
                ],
                interfaces: [
                  { name: 'default', masquerade: {}, ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }] },
                ],
                rng: {},
              },
            },
            networks: [{ name: 'default', pod: {} }],
            volumes: [
              { name: 'root', containerDisk: { image: 'registry.example/debian:12' } },
              { name: 'cloudinit', cloudInitNoCloud: { userData: '#cloud-config\n' } },
            ],
          },
        },
      },
    });
  });

  it.each([
    ['the least', virtualMachine({ name: 'a', memory: '1Gi' })],
    ['no network', virtualMachine({ name: 'a', memory: '1Gi', network: 'none', runStrategy: 'Halted' })],
    ['passt', virtualMachine({ name: 'a', memory: '1Gi', network: 'passt', ports: [80] })],
    [
      'a topology',
      virtualMachine({
        name: 'a',
        memory: '1Gi',
        cpu: { sockets: 2, cores: 2, threads: 1 },
        network: 'bridge',
      }),
    ],
    [
      'all disks',
      virtualMachine({
        name: 'a',
        memory: '1Gi',
        disks: [
          containerDisk('i', { path: '/disk/x', imagePullPolicy: 'Never' }),
          claimDisk('claim', { name: 'b', bus: 'sata', bootOrder: 1 }),
          dataVolumeDisk('dv', { name: 'c', readonly: true }),
          emptyDisk('2Gi', { name: 'd', serial: 'S' }),
          cloudInitDisk({
            userData: { packages: ['curl'] },
            networkData: { version: 2 },
            type: 'configDrive',
          }),
        ],
        hostname: 'h',
        nodeSelector: { a: 'b' },
        terminationGracePeriodSeconds: 5,
      }),
    ],
  ])('fits the schema with %s', (_name, manifest) => {
    expect(resources.virtualMachines.schema?.parse(manifest)).toEqual(manifest);
    expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
  });

  it('gives every disk a volume of its name', () => {
    const spec = virtualMachine({
      name: 'a',
      memory: '1Gi',
      containerDisk: 'i',
      cloudInit: 'x',
      disks: [emptyDisk('1Gi', { name: 'data' })],
    }).spec.template.spec;
    const disks = spec?.domain.devices.disks?.map(({ name }) => name);
    expect(disks).toEqual(['root', 'data', 'cloudinit']);
    expect(spec?.volumes?.map(({ name }) => name)).toEqual(disks);
  });

  it('refuses two disks of one name', () => {
    const disks = [emptyDisk('1Gi', { name: 'root' })];
    expect(() => virtualMachine({ name: 'a', memory: '1Gi', containerDisk: 'i', disks })).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });

  it('writes structured cloud-init as a cloud-config', () => {
    const { volume } = cloudInitDisk({ userData: { packages: ['curl'] } });
    const [first, ...rest] = volume.cloudInitNoCloud?.userData?.split('\n') ?? [];
    expect(first).toBe('#cloud-config');
    expect(JSON.parse(rest.join('\n'))).toEqual({ packages: ['curl'] });
  });
});

describe('virtualMachineInstance', () => {
  it('carries the hypervisor itself', () => {
    const manifest = virtualMachineInstance({
      name: 'a',
      memory: '1Gi',
      hypervisor: 'mock',
      annotations: { x: 'y' },
    });
    expect(manifest.metadata.annotations).toEqual({ x: 'y', 'virtkit.dev/hypervisor': 'mock' });
    expect(resources.virtualMachineInstances.schema?.parse(manifest)).toEqual(manifest);
  });
});

describe('machineService', () => {
  it('selects the Pod of the machine', () => {
    const manifest = machineService({ machine: 'web', name: 'shop', ports: [80, 443], type: 'NodePort' });
    expect(manifest).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop' },
      spec: {
        type: 'NodePort',
        selector: { 'vmi.kubevirt.io/id': 'web' },
        ports: [
          { name: 'port-1', port: 80, protocol: 'TCP', targetPort: 80 },
          { name: 'port-2', port: 443, protocol: 'TCP', targetPort: 443 },
        ],
      },
    });
    expect(resources.services.schema?.parse(manifest)).toEqual(manifest);
  });

  it('shortens a name that is no label, and keeps names apart', () => {
    expect(instanceId('a'.repeat(63))).toBe('a'.repeat(63));
    const long = instanceId(`${'a'.repeat(63)}b`);
    expect(long).toMatch(/^a{54}-[0-9a-f]{8}$/);
    expect(instanceId(`${'a'.repeat(63)}c`)).not.toBe(long);
  });
});
