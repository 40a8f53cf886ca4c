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
