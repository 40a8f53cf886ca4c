import type { KubeVirtConfiguration } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { instanceFindings } from '../../../src/validation/instance/index.ts';
import { cluster, specOf, testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

const gpuField = 'S.domain.devices.gpus[0].deviceName';
const hostDeviceField = 'S.domain.devices.hostDevices[1].deviceName';
const allGates = ['GraceIOVirtualization', 'PCINUMAAwareTopology', 'IOMMUFD', 'HostDevices'];

/** A cluster that offers a device under the name `nvidia.com/gpu`. */
function offering(
  pciVendorSelector: string,
  featureGates: string[] = allGates,
  more: KubeVirtConfiguration = {},
) {
  return cluster({
    ...more,
    developerConfiguration: { featureGates },
    permittedHostDevices: { pciHostDevices: [{ resourceName: 'nvidia.com/gpu', pciVendorSelector }] },
  });
}
const without = (gate: string) => allGates.filter((name) => name !== gate);
const gb200 = '10DE:2941';

const gpu = { name: 'gpu', deviceName: 'nvidia.com/gpu' };
const asked: SpecParts = {
  architecture: 'arm64',
  domain: {
    machine: { type: 'virt-9.0' },
    cpu: { dedicatedCpuPlacement: true },
    devices: { gpus: [gpu, { name: 'more', deviceName: 'example.org/gpu' }] },
  },
};
const askedAs = (parts: SpecParts): SpecParts => ({
  ...asked,
  ...parts,
  domain: { ...asked.domain, ...parts.domain },
});

testInstanceSides('NVIDIA Grace', [
  {
    id: 'GRC-1',
    refuses: { parts: asked, configuration: offering('10de:*') },
    accepts: { parts: asked, configuration: offering(gb200) },
    reason: 'I',
    fields: [gpuField],
  },
  {
    id: 'GRC-1',
    refuses: {
      parts: askedAs({
        domain: { devices: { gpus: [gpu], hostDevices: [{ name: 'nic', deviceName: 'nic' }, gpu] } },
      }),
      configuration: offering('0x10DE:*'),
    },
    accepts: { parts: asked, configuration: offering('8086:*') },
    reason: 'I',
    fields: [gpuField, hostDeviceField],
  },
  {
    // Where the gate is off, all devices of NVIDIA may be meant.
    id: 'GRC-1',
    refuses: { parts: asked, configuration: offering('10DE:*') },
    accepts: { parts: asked, configuration: offering('10DE:*', without('GraceIOVirtualization')) },
    reason: 'I',
    fields: [gpuField],
  },
  {
    id: 'GRC-2',
    refuses: { parts: asked, configuration: offering(gb200, without('GraceIOVirtualization')) },
    accepts: { parts: asked, configuration: offering(gb200) },
    reason: 'I',
    fields: [gpuField],
  },
  {
    id: 'GRC-2',
    refuses: {
      parts: { domain: { devices: { hostDevices: [{ name: 'nic', deviceName: 'nic' }, gpu] } } },
      configuration: offering('0x10De:0X2348', ['HostDevices']),
    },
    accepts: { parts: asked, configuration: offering('10DE:2349', []) },
    reason: 'I',
    fields: [hostDeviceField],
    // It ends the checks of Grace devices, so that nothing is said of architecture, machine type and CPUs.
    alone: true,
  },
  {
    id: 'GRC-3',
    refuses: { parts: askedAs({ architecture: 'amd64' }), configuration: offering(gb200) },
    accepts: { parts: asked, configuration: offering(gb200) },
    reason: 'I',
    fields: ['S.architecture'],
  },
  {
    id: 'GRC-4',
    refuses: {
      parts: askedAs({ domain: { machine: { type: 'sbsa-ref' } } }),
      configuration: offering(gb200),
    },
    accepts: { parts: askedAs({ domain: { machine: {} } }), configuration: offering(gb200) },
    reason: 'I',
    fields: ['S.domain.machine.type'],
  },
  {
    // The cluster's machine type counts where the instance names none.
    id: 'GRC-4',
    refuses: {
      parts: askedAs({ domain: { machine: {} } }),
      configuration: offering(gb200, allGates, { machineType: 'sbsa-ref' }),
    },
    accepts: { parts: asked, configuration: offering(gb200, allGates, { machineType: 'sbsa-ref' }) },
    reason: 'I',
    fields: ['S.domain.machine.type'],
  },
  {
    id: 'GRC-5',
    refuses: { parts: askedAs({ domain: { cpu: { cores: 1 } } }), configuration: offering(gb200) },
    accepts: { parts: asked, configuration: offering(gb200) },
    reason: 'R',
    fields: ['S.domain.cpu.dedicatedCpuPlacement'],
  },
  {
    id: 'GRC-6',
    refuses: { parts: asked, configuration: offering(gb200, without('PCINUMAAwareTopology')) },
    accepts: { parts: asked, configuration: offering(gb200) },
    reason: 'I',
    fields: ['S.domain.devices'],
  },
  {
    id: 'GRC-7',
    refuses: { parts: asked, configuration: offering(gb200, without('IOMMUFD')) },
    accepts: { parts: asked, configuration: offering(gb200) },
    reason: 'I',
    fields: ['S.domain.devices'],
  },
]);

describe('which devices are those of a Grace superchip', () => {
  test.each([
    ['10DE:2342', true],
    ['10de:2348', true],
    ['0x10de:0x2941', true],
    ['10DE:2343', false],
    ['1002:2342', false],
    ['10DE', false],
    ['10DE:2342:1', false],
  ])('%s', (selector, grace) => {
    const subject = {
      spec: specOf({ domain: { devices: { gpus: [gpu] } } }),
      root: 'S',
      configuration: offering(selector, []),
    };
    expect(instanceFindings(subject).some(({ rule }) => rule === 'GRC-2')).toBe(grace);
  });
});
