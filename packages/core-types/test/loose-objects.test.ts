import { describe, expect, it } from 'vitest';
import {
  resources,
  VirtualMachineInstanceSchema,
  VirtualMachineSchema,
  type VirtualMachine,
} from '@virtkit/core-types';

const vm: VirtualMachine = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name: 'vm', namespace: 'ns', creationTimestamp: null },
  spec: {
    runStrategy: 'Always',
    template: {
      metadata: { creationTimestamp: null, labels: { app: 'x' } },
      spec: {
        domain: {
          cpu: { cores: 2 },
          memory: { guest: '1Gi' },
          devices: {
            disks: [{ name: 'root', disk: { bus: 'virtio' } }],
            interfaces: [{ name: 'default', masquerade: {} }],
            rng: {},
          },
          resources: { requests: { memory: '1Gi', cpu: 1 } },
        },
        networks: [{ name: 'default', pod: {} }],
        volumes: [{ name: 'root', containerDisk: { image: 'registry/disk' } }],
      },
    },
  },
};

describe('schemas', () => {
  it('return a deep-equal object', () => {
    expect(VirtualMachineSchema.parse(vm)).toEqual(vm);
  });
  it('keep unknown fields at every level', () => {
    const future = {
      ...vm,
      newTop: 1,
      spec: {
        ...vm.spec,
        newSpec: { deep: [1] },
        template: {
          spec: { domain: { devices: { disks: [{ name: 'a', newDisk: true }], rng: { newRng: 1 } } } },
        },
      },
    };
    expect(VirtualMachineSchema.parse(future)).toEqual(future);
  });
  it.each<[string, unknown]>([
    ['no domain', { metadata: {}, spec: {} }],
    ['cores not a number', { metadata: {}, spec: { domain: { devices: {}, cpu: { cores: '2' } } } }],
    ['unknown reboot policy', { metadata: {}, spec: { domain: { devices: {}, rebootPolicy: 'Sometimes' } } }],
    ['bad quantity', { metadata: {}, spec: { domain: { devices: {}, memory: { guest: '1Gb' } } } }],
    ['bad time', { metadata: { creationTimestamp: 'yesterday' }, spec: { domain: { devices: {} } } }],
  ])('refuse: %s', (_name, value) => {
    expect(VirtualMachineInstanceSchema.safeParse(value).success).toBe(false);
  });
  it('accept a phase that is not known yet', () => {
    const vmi = { metadata: {}, spec: { domain: { devices: {} } }, status: { phase: 'Dreaming' } };
    expect(VirtualMachineInstanceSchema.parse(vmi)).toEqual(vmi);
  });
});

describe('resources', () => {
  it('are keyed by plural name, without regard to case', () => {
    for (const [key, { plural }] of Object.entries(resources)) expect(key.toLowerCase()).toBe(plural);
  });
});
