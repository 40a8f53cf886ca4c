import { Quantity, type DomainSpec } from '@virtkit/core-types';
import type { MachineSpec } from '@virtkit/hal';

const policies = ['force', 'require', 'optional', 'disable', 'forbid'] as const;
type Policy = (typeof policies)[number];

/** Topology (sockets from limits or requests when nothing is given), model and features. */
export function planCpu({ cpu, resources }: DomainSpec): MachineSpec['cpu'] {
  const given = cpu?.sockets ?? cpu?.cores ?? cpu?.threads;
  const asked = resources?.limits?.cpu ?? resources?.requests?.cpu;
  const sockets = given === undefined && asked !== undefined ? wholeCpus(asked) : (cpu?.sockets ?? 1);
  return {
    sockets: Math.max(1, sockets),
    cores: Math.max(1, cpu?.cores ?? 1),
    threads: Math.max(1, cpu?.threads ?? 1),
    model: model(cpu?.model),
    features: (cpu?.features ?? []).map(({ name, policy }) => ({
      name,
      // An absent policy means that the feature is required (KubeVirt API).
      policy: policies.includes(policy as Policy) ? (policy as Policy) : 'require',
    })),
  };
}

function model(name: string | undefined): MachineSpec['cpu']['model'] {
  switch (name) {
    case undefined:
    case '':
    case 'host-model':
      return { kind: 'host-model' };
    case 'host-passthrough':
      return { kind: 'host-passthrough' };
    default:
      return { kind: 'named', name };
  }
}

/** A CPU quantity rounded up to whole CPUs. */
function wholeCpus(quantity: string | number): number {
  return Math.ceil(Quantity.parse(quantity).toNumber());
}
