import { Quantity, type DomainSpec, type VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { Cpu, MachineSpec } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { PlanConfiguration, MachineFacts } from '../facts.ts';

type Architecture = MachineSpec['architecture'];

/** KubeVirt's names of architectures and the machine's own. */
const architectures: Readonly<Record<string, Architecture>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  s390x: 's390x',
};

/** @throws PlanError `unsupported` for an unknown architecture or one that the host does not have */
export function planArchitecture(spec: VirtualMachineInstanceSpec, facts: MachineFacts): Architecture {
  const field = 'spec.architecture';
  const architecture = architectures[spec.architecture || 'amd64'];
  if (architecture === undefined)
    throw new PlanError('unsupported', `there is no architecture ${spec.architecture}`, { field });
  if (facts.architecture !== undefined && architecture !== facts.architecture)
    throw new PlanError('unsupported', `a host of ${facts.architecture} does not run ${architecture}`, {
      field,
    });
  return architecture;
}

/**
 * Whether the machine may fall back to emulation. It depends on the configuration alone, so that a probe that comes out
 * differently after a restart does not change the plan of a running machine. Where hardware is needed and missing, the
 * hypervisor's start says why.
 */
export function planAcceleration({ useEmulation }: PlanConfiguration): MachineSpec['acceleration'] {
  return useEmulation ? 'prefer-hardware' : 'hardware';
}

const policies = ['force', 'require', 'optional', 'disable', 'forbid'] as const;

/** A count that is absent or 0 is 1; when none is given, the sockets are the CPU limit, else the request. */
export function planCpu({ cpu = {}, resources = {} }: DomainSpec): Cpu {
  const count = (value: number | undefined): number => Math.max(1, value ?? 1);
  const none = !cpu.sockets && !cpu.cores && !cpu.threads;
  const asked = resources.limits?.['cpu'] ?? resources.requests?.['cpu'];
  const sockets = none && asked !== undefined ? Number(Quantity.parse(asked).toBytes()) : cpu.sockets;
  return {
    sockets: count(sockets),
    cores: count(cpu.cores),
    threads: count(cpu.threads),
    model: cpuModel(cpu.model),
    features: (cpu.features ?? []).map(({ name, policy }, index) => ({
      name,
      policy: cpuPolicy(policy, `spec.domain.cpu.features[${index}].policy`),
    })),
  };
}

function cpuModel(model = ''): Cpu['model'] {
  if (model === '' || model === 'host-model') return { kind: 'host-model' };
  return model === 'host-passthrough' ? { kind: model } : { kind: 'named', name: model };
}

function cpuPolicy(policy: string | undefined, field: string): Cpu['features'][number]['policy'] {
  if (policy === undefined || policy === '') return 'require';
  const known = policies.find((candidate) => candidate === policy);
  if (known !== undefined) return known;
  throw new PlanError('invalid', `there is no CPU feature policy ${policy}`, { field });
}

/**
 * Guest memory in bytes: what the guest is to see, else the request, else the limit.
 * @throws PlanError `invalid` when there is none
 */
export function planMemory({ memory, resources = {} }: DomainSpec): number {
  const size = memory?.guest ?? resources.requests?.['memory'] ?? resources.limits?.['memory'];
  if (size !== undefined) return Number(Quantity.parse(size).toBytes());
  throw new PlanError('invalid', 'the amount of guest memory is not given', {
    field: 'spec.domain.memory.guest',
  });
}
