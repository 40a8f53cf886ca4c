import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { mockMachine, remove, status } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });

describe('what the node does not have', () => {
  it.each<[what: string, change: (spec: VirtualMachineInstanceSpec) => void, says: RegExp]>([
    [
      'huge pages',
      (spec) => (spec.domain.memory = { guest: '1Gi', hugepages: { pageSize: '1Gi' } }),
      /Insufficient hugepages-1Gi/,
    ],
    [
      'CPUs for one machine alone',
      (spec) => (spec.domain.cpu = { cores: 1, dedicatedCpuPlacement: true }),
      /didn't match Pod's node affinity\/selector/,
    ],
    [
      'a GPU',
      (spec) => (spec.domain.devices.gpus = [{ name: 'gpu', deviceName: 'example.org/gpu' }]),
      /Insufficient example\.org\/gpu/,
    ],
    [
      'memory that is kept from the host',
      (spec) =>
        Object.assign(spec.domain, {
          launchSecurity: { sev: {} },
          firmware: { bootloader: { efi: { secureBoot: false } } },
        }),
      /didn't match Pod's node affinity\/selector/,
    ],
  ])('%s: the machine is accepted and waits for a node that does', async (what, change, says) => {
    const name = what.replaceAll(/[^a-z]+/gi, '-').toLowerCase();
    const machine = mockMachine(cluster(), { name });
    change(machine.spec.template.spec!);
    await cluster().client.virtualMachines.create(machine);
    await status(cluster(), name, 'ErrorUnschedulable');
    const { stdout } = await cluster().kubectl(['describe', 'vmi', name]);
    expect(stdout).toMatch(says);
    await remove(cluster(), name);
  });
});
