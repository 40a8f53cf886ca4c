import type { CPU, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { Cpu } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import { architectureOf } from './architecture.ts';
import { wholeUnits } from './quantities.ts';

/** Sockets, cores and threads of a machine. */
export interface Topology {
  sockets: number;
  cores: number;
  threads: number;
}

/** A count that is absent or 0 is 1; when none is given, the sockets are the CPU limit, else the request. */
export function topologyOf({ domain }: VirtualMachineInstanceSpec): Topology {
  const { cpu = {}, resources = {} } = domain;
  const count = (value: number | undefined): number => Math.max(1, value ?? 1);
  const none = !cpu.sockets && !cpu.cores && !cpu.threads;
  const asked = wholeUnits(resources.limits?.['cpu'] ?? resources.requests?.['cpu'], 'spec.domain.resources');
  return {
    sockets: count(none ? asked : cpu.sockets),
    cores: count(cpu.cores),
    threads: count(cpu.threads),
  };
}

/** Virtual CPUs that any hypervisor could have; what goes beyond is a mistake. */
const mostVcpus = 2 ** 16;

/** How many virtual CPUs the guest starts with. @throws PlanError `invalid` for an absurd number */
export function vcpuCount(spec: VirtualMachineInstanceSpec): number {
  const { sockets, cores, threads } = topologyOf(spec);
  return bounded(sockets * cores * threads);
}

function bounded(count: number): number {
  if (count <= mostVcpus) return count;
  throw new PlanError('invalid', `no machine has ${count} virtual CPUs`, { field: 'spec.domain.cpu' });
}

/** How many it can grow to (KubeVirt: not on arm64). @throws PlanError `invalid` for an absurd number */
export function maxVcpuCount(spec: VirtualMachineInstanceSpec): number {
  const { sockets, cores, threads } = topologyOf(spec);
  return bounded(Math.max(sockets, maxSockets(spec) ?? sockets) * cores * threads);
}

function maxSockets(spec: VirtualMachineInstanceSpec): number | undefined {
  const limit = spec.domain.cpu?.maxSockets ?? 0;
  return limit === 0 || architectureOf(spec) === 'aarch64' ? undefined : limit;
}

/**
 * Topology, model and features. A guest of another architecture than the host's gets everything that can be emulated
 * where it asks for the host's model.
 * @throws PlanError `invalid` for a feature policy that there is not
 */
export function planCpu(spec: VirtualMachineInstanceSpec, foreign: boolean): Cpu {
  const { cpu = {} } = spec.domain;
  const limit = maxSockets(spec);
  maxVcpuCount(spec);
  return {
    ...topologyOf(spec),
    ...(limit !== undefined && { maxSockets: limit }),
    model: foreign && isHostModel(cpu) ? { kind: 'named', name: 'max' } : cpuModel(cpu.model),
    features: [...namedFeatures(cpu), ...impliedFeatures(spec)],
  };
}

const isHostModel = ({ model = '' }: CPU): boolean => ['', 'host-model', 'host-passthrough'].includes(model);

function cpuModel(model = ''): Cpu['model'] {
  if (model === '' || model === 'host-model') return { kind: 'host-model' };
  return model === 'host-passthrough' ? { kind: model } : { kind: 'named', name: model };
}

function namedFeatures({ features = [] }: CPU): Cpu['features'] {
  return features.map(({ name, policy }, index) => ({
    name,
    policy: cpuPolicy(policy, `spec.domain.cpu.features[${index}].policy`),
  }));
}

/** KubeVirt: MPX left the kernels, and named models of older CPUs would still ask for it. */
function impliedFeatures(spec: VirtualMachineInstanceSpec): Cpu['features'] {
  const { cpu } = spec.domain;
  if (architectureOf(spec) !== 'x86_64' || cpu === undefined || isHostModel(cpu)) return [];
  return cpu.features?.some(({ name }) => name === 'mpx') ? [] : [{ name: 'mpx', policy: 'disable' }];
}

const policies = ['force', 'require', 'optional', 'disable', 'forbid'] as const;

function cpuPolicy(policy: string | undefined, field: string): Cpu['features'][number]['policy'] {
  if (policy === undefined || policy === '') return 'require';
  const known = policies.find((candidate) => candidate === policy);
  if (known !== undefined) return known;
  throw new PlanError('invalid', `there is no CPU feature policy ${policy}`, { field });
}
