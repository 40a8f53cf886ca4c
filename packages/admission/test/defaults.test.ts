import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterConfiguration } from '../src/index.ts';
import { defaultInstance } from '../src/defaults/instance.ts';
import { defaultInstanceSpec } from '../src/defaults/instance-spec.ts';
import { defaultVirtualMachine } from '../src/defaults/virtual-machine.ts';
import { denialOf } from '../src/validation/denial.ts';
import { machineFindings } from '../src/validation/machine/index.ts';
import { configuration } from './support/configuration.ts';
import { anyInstanceSpec } from './support/arbitrary-spec.ts';
import { instanceSpec } from './support/specs.ts';

const complete = (change: (spec: VirtualMachineInstanceSpec) => void = () => undefined) => {
  const spec = instanceSpec();
  change(spec);
  return defaultInstanceSpec(spec, configuration);
};

describe('defaults of an instance', () => {
  test.each([
    ['guest:latest', 'Always'],
    ['guest', 'Always'],
    ['guest:1.0', 'IfNotPresent'],
    ['guest@sha256:00', 'IfNotPresent'],
  ])('D1-6: image %s is pulled %s', (image, policy) => {
    const spec = complete((given) => void (given.volumes![0]!.containerDisk = { image }));
    expect(spec.volumes?.[0]?.containerDisk?.imagePullPolicy).toBe(policy);
  });

  test.each([
    [{ limits: { cpu: 3 } }, { sockets: 3, cores: 1, threads: 1 }, 3],
    [{ requests: { cpu: '1500m' } }, { sockets: 2, cores: 1, threads: 1 }, '1500m'],
    [{}, { sockets: 1, cores: 1, threads: 1 }, undefined],
  ])('D1-3 and D1-5: resources %j give topology %j', (resources, topology, request) => {
    const { domain } = complete((given) => void (given.domain.resources = resources));
    expect(domain.cpu).toMatchObject(topology);
    expect(domain.resources?.requests?.['cpu']).toBe(request);
  });

  test('D1-5: a topology that is given in part is left alone', () => {
    expect(complete((given) => void (given.domain.cpu = { cores: 2 })).domain.cpu).toEqual({
      cores: 2,
      model: 'host-model',
    });
  });

  test('D1-8: no network for an instance that wants none', () => {
    const spec = complete((given) => void (given.domain.devices.autoattachPodInterface = false));
    expect(spec.networks).toBeUndefined();
    expect(spec.domain.devices.interfaces).toBeUndefined();
  });

  test('D1-8: the binding that the cluster chooses', () => {
    const kubevirt = {
      apiVersion: 'kubevirt.io/v1',
      kind: 'KubeVirt',
      metadata: { name: 'kubevirt' },
      spec: { configuration: { network: { defaultNetworkInterface: 'bridge' } } },
    };
    const { domain } = defaultInstanceSpec(instanceSpec(), clusterConfiguration(kubevirt));
    expect(domain.devices.interfaces).toEqual([{ name: 'default', bridge: {} }]);
  });

  test('D1-9 and D2: a disk on the SATA bus for each volume without one, drives that are closed', () => {
    const { domain } = complete((given) => {
      given.domain.devices.disks = [{ name: 'seed', cdrom: {} }];
    });
    expect(domain.devices.disks).toEqual([
      { name: 'seed', cdrom: { bus: 'sata', readonly: true, tray: 'closed' } },
      { name: 'system', disk: { bus: 'sata' } },
    ]);
  });

  test('D2: a watchdog resets, a probe has times', () => {
    const spec = complete((given) => {
      given.domain.devices.watchdog = { name: 'dog' };
      given.readinessProbe = { guestAgentPing: {}, periodSeconds: 0, failureThreshold: 5 };
    });
    expect(spec.domain.devices.watchdog).toEqual({ name: 'dog', i6300esb: { action: 'reset' } });
    expect(spec.readinessProbe).toEqual({
      guestAgentPing: {},
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 5,
    });
  });

  test('headroom for hotplug is not invented', () => {
    const { domain } = complete();
    expect(domain.cpu?.maxSockets).toBeUndefined();
    expect(domain.memory?.maxGuest).toBeUndefined();
  });
});

describe('properties', () => {
  const input = { configuration, uuid: () => 'uuid', now: '2026-01-01T00:00:00Z', trusted: true };
  const anyInstance = anyInstanceSpec.map((spec) => ({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'any', namespace: 'default' },
    spec,
  }));
  const anyMachine = fc
    .record({
      template: fc.record({ spec: anyInstanceSpec }),
      runStrategy: fc.constantFrom('Always', 'Halted', 'Sometimes', undefined),
      running: fc.constantFrom(true, undefined),
    })
    .map((spec) => ({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: { name: 'any', namespace: 'default' },
      spec,
    }));

  test('completing an instance twice is completing it once', () => {
    fc.assert(
      fc.property(anyInstance, (instance) => {
        const once = defaultInstance(instance, input);
        expect(defaultInstance(once, input)).toEqual(once);
      }),
    );
  });

  test('completing a machine twice is completing it once', () => {
    fc.assert(
      fc.property(anyMachine, fc.boolean(), (machine, creating) => {
        const once = defaultVirtualMachine(machine, { configuration, uuid: () => 'uuid', creating });
        const twice = defaultVirtualMachine(once, { configuration, uuid: () => 'other', creating: false });
        expect(twice).toEqual(once);
      }),
    );
  });

  test('validation never throws, and every cause names a field below the root and a message', () => {
    fc.assert(
      fc.property(anyMachine, (machine) => {
        const findings = machineFindings({ machine, before: undefined, trusted: false, configuration });
        for (const { field, message } of findings) {
          expect(field).toMatch(/^spec\./);
          expect(message).not.toBe('');
        }
        const { denied } = denialOf(findings);
        expect(denied === undefined).toBe(findings.length === 0);
        expect(denied?.causes?.length ?? 0).toBeLessThanOrEqual(10);
      }),
    );
  });
});
