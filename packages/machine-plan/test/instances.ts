import type { VirtualMachineInstance, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { Observed } from '@virtkit/hal';
import type { MachineFacts, PlanConfiguration } from '../src/index.ts';

export const uid = '0d6f7c1e-3a6b-4b0e-9b55-6f1f6a1c2d3e';
export const now = '2026-01-02T03:04:05Z';

/** An instance as admission leaves it, with a container disk, a cloud-init seed and the pod network. */
export function instance(
  change: (spec: VirtualMachineInstanceSpec) => void = () => undefined,
): VirtualMachineInstance {
  const spec: VirtualMachineInstanceSpec = {
    architecture: 'amd64',
    domain: {
      cpu: { sockets: 2, cores: 1, threads: 1, model: 'host-model' },
      memory: { guest: '128Mi' },
      machine: { type: 'q35' },
      firmware: { uuid: '5a9fc181-957e-4c32-9e5a-2de5e9673531', serial: 'serial-1' },
      features: { acpi: { enabled: true } },
      devices: {
        disks: [
          { name: 'root', disk: { bus: 'virtio' }, bootOrder: 1 },
          { name: 'seed', disk: { bus: 'virtio' } },
        ],
        interfaces: [{ name: 'default', masquerade: {} }],
      },
    },
    networks: [{ name: 'default', pod: {} }],
    volumes: [
      { name: 'root', containerDisk: { image: 'registry.example/tiny:1' } },
      { name: 'seed', cloudInitNoCloud: { userData: '#cloud-config' } },
    ],
  };
  change(spec);
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'guest', namespace: 'default', uid },
    spec,
  };
}

export const facts: MachineFacts = {
  images: { root: { path: '/disks/root.qcow2', format: 'qcow2' } },
  interfaces: { default: { backend: { kind: 'tap', device: 'tap0' }, mtu: 1480 } },
  hardwareVirtualization: { state: 'usable' },
  architecture: 'x86_64',
};

export const configuration: PlanConfiguration = { useEmulation: false };

export function observation(change: Partial<Observed> = {}): Observed {
  return {
    id: uid,
    name: 'default_guest',
    hypervisor: 'mock',
    state: { kind: 'running' },
    observedAt: now,
    machineType: 'pc-q35-7.2',
    memory: { currentBytes: 128 * 1024 * 1024 },
    disks: [
      { id: 'root', target: 'vda' },
      { id: 'seed', target: 'vdb', sizeBytes: 1_048_576 },
    ],
    interfaces: [{ id: 'default', mac: '02:aa:bb:cc:dd:ee', linkUp: true }],
    guestAgent: { connected: false },
    ...change,
  };
}
