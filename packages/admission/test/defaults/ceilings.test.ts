import type { CPU, Memory, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { clusterConfiguration, defaultInstance, type ClusterConfiguration } from '../../src/index.ts';
import { configured } from '../support/kubevirts.ts';

const builtIn = clusterConfiguration();
const staging = configured({ vmRolloutStrategy: 'Stage' });
const upTo = (liveUpdateConfiguration: {
  maxCpuSockets?: number;
  maxGuest?: string;
  maxHotplugRatio?: number;
}) => configured({ liveUpdateConfiguration });

function completed(
  domain: { cpu?: CPU; memory?: Memory },
  configuration: ClusterConfiguration,
  architecture = 'amd64',
): VirtualMachineInstanceSpec {
  const instance = {
    metadata: { name: 'vmi' },
    spec: { architecture, domain: { devices: {}, ...domain } },
  };
  const result = defaultInstance(instance, {
    configuration,
    uuid: () => 'uuid',
    now: '2026-01-01T00:00:00Z',
    trusted: true,
  });
  if (!result.ok) throw new Error(result.denied.message);
  return result.object.spec;
}

const topology = (sockets: number, cores = 1, threads = 1): CPU => ({ sockets, cores, threads });

describe('most sockets', () => {
  test.each<[string, CPU, ClusterConfiguration, string, number | undefined]>([
    ['four times as many', topology(2), builtIn, 'amd64', 8],
    ["as many times as the cluster's ratio", topology(2), upTo({ maxHotplugRatio: 3 }), 'amd64', 6],
    ["the cluster's number", topology(2), upTo({ maxCpuSockets: 5 }), 'amd64', 5],
    [
      "the guest's own, where it has more than the cluster's number",
      topology(9),
      upTo({ maxCpuSockets: 5 }),
      'amd64',
      9,
    ],
    ["a multiple, where the cluster's number is zero", topology(2), upTo({ maxCpuSockets: 0 }), 'amd64', 8],
    ['what 512 virtual CPUs allow', topology(100, 2), builtIn, 'amd64', 256],
    ['a multiple, where that is below 512 virtual CPUs', topology(50, 2), builtIn, 'amd64', 200],
    ['exactly 512 virtual CPUs', topology(64, 2), builtIn, 'amd64', 256],
    ["the guest's own, where they are above 512 virtual CPUs", topology(600), builtIn, 'amd64', 600],
    ['what is given', { ...topology(2), maxSockets: 3 }, builtIn, 'amd64', 3],
    ['nothing, where no sockets are given', { cores: 2 }, builtIn, 'amd64', undefined],
    ['nothing on arm64', topology(2), builtIn, 'arm64', undefined],
    ['a multiple on s390x', topology(2), builtIn, 's390x', 8],
    ['nothing, where changes wait for a restart', topology(2), staging, 'amd64', undefined],
  ])('%s', (_title, cpu, configuration, architecture, most) => {
    expect(completed({ cpu }, configuration, architecture).domain.cpu?.maxSockets).toBe(most);
  });
});

describe('largest memory', () => {
  test.each<[string, Memory, ClusterConfiguration, string, string | undefined]>([
    ['four times as much', { guest: '1Gi' }, builtIn, 'amd64', '4Gi'],
    ['in binary units', { guest: '2147483648' }, builtIn, 'amd64', '8Gi'],
    ["the cluster's amount", { guest: '1Gi' }, upTo({ maxGuest: '6Gi' }), 'amd64', '6Gi'],
    [
      "nothing, where the cluster's amount is too small",
      { guest: '8Gi' },
      upTo({ maxGuest: '6Gi' }),
      'amd64',
      undefined,
    ],
    ['nothing for small guests', { guest: '512Mi' }, builtIn, 'amd64', undefined],
    [
      'what is given, even if memory cannot be added',
      { guest: '512Mi', maxGuest: '1Gi' },
      builtIn,
      'amd64',
      '1Gi',
    ],
    ['nothing on s390x', { guest: '1Gi' }, builtIn, 's390x', undefined],
    ['nothing on arm64', { guest: '1Gi' }, builtIn, 'arm64', undefined],
    ['nothing, where changes wait for a restart', { guest: '1Gi' }, staging, 'amd64', undefined],
    ['nothing, where the memory is not known', {}, upTo({ maxGuest: '6Gi' }), 'amd64', undefined],
  ])('%s', (_title, memory, configuration, architecture, most) => {
    expect(completed({ memory }, configuration, architecture).domain.memory?.maxGuest).toBe(most);
  });
});
