import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** An instance with a system disk and cloud-init data, as a person writes it. */
export function instanceSpec(): VirtualMachineInstanceSpec {
  return {
    domain: {
      devices: {
        disks: [
          { name: 'system', disk: { bus: 'virtio' } },
          { name: 'seed', disk: { bus: 'virtio' } },
        ],
      },
      resources: { requests: { memory: '128Mi' } },
    },
    volumes: [
      { name: 'system', containerDisk: { image: 'registry.example/guest:1.0' } },
      { name: 'seed', cloudInitNoCloud: { userData: '#cloud-config\n' } },
    ],
  };
}

/** A small valid instance as it is after admission, which has set what a person leaves out. */
export function admittedInstanceSpec(): VirtualMachineInstanceSpec {
  return {
    architecture: 'amd64',
    domain: {
      firmware: { uuid: '5a9fc181-957e-5c32-9e5a-2de5e9673531' },
      memory: { guest: '128Mi' },
      devices: {
        disks: [{ name: 'root', disk: { bus: 'virtio' } }],
        interfaces: [{ name: 'default', masquerade: {} }],
      },
    },
    networks: [{ name: 'default', pod: {} }],
    volumes: [{ name: 'root', containerDisk: { image: 'registry.example/tiny:1' } }],
  };
}
