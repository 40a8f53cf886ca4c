import {
  Quantity,
  type PersistentVolumeClaim,
  type VirtualMachine,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import type { Sample } from '@virtkit/program';

type Amount = string | number;

/** Samples of `kubevirt_vm_resource_requests`: everything that says how much memory and how many CPUs, and what follows of it. */
export function resourceRequests({ domain }: VirtualMachineInstanceSpec): Sample[] {
  return [...memoryRequests(domain), ...cpuRequests(domain)];
}

type Domain = VirtualMachineInstanceSpec['domain'];

function memoryRequests({ memory, resources }: Domain): Sample[] {
  const requested = resources?.requests?.['memory'];
  const { guest, hugepages } = memory ?? {};
  const of = (source: string, amount: Amount | undefined): Sample[] =>
    amount === undefined
      ? []
      : [{ labels: { resource: 'memory', unit: 'bytes', source }, value: Quantity.parse(amount).toNumber() }];
  return [
    ...of('domain', requested),
    ...of('guest', guest),
    ...of('hugepages', hugepages?.pageSize),
    ...of('guest_effective', guest ?? requested ?? resources?.limits?.['memory']),
  ];
}

function cpuRequests({ cpu, resources }: Domain): Sample[] {
  const requested = resources?.requests?.['cpu'];
  const sample = (unit: string, source: string, value: number): Sample => ({
    labels: { resource: 'cpu', unit, source },
    value,
  });
  const units = ['cores', 'threads', 'sockets'] as const;
  const topology = units.flatMap((unit) => (cpu?.[unit] ? [sample(unit, 'domain', cpu[unit])] : []));
  const cores = requested === undefined ? undefined : Quantity.parse(requested).toNumber();
  const named = topology.reduce((product, { value }) => product * value, 1);
  const vcpus = topology.length > 0 ? named : Math.max(1, Math.ceil(cores ?? 1));
  return [
    ...(requested === undefined && cpu === undefined
      ? units.map((unit) => sample(unit, 'default', 1))
      : topology),
    ...(cores === undefined ? [] : [sample('cores', 'requests', cores)]),
    sample('cores', 'guest_effective', vcpus),
  ];
}

/** Samples of `kubevirt_vm_resource_limits`. */
export function resourceLimits({ domain }: VirtualMachineInstanceSpec): Sample[] {
  const { memory, cpu } = domain.resources?.limits ?? {};
  const of = (resource: string, unit: string, amount: Amount | undefined): Sample[] =>
    amount === undefined ? [] : [{ labels: { resource, unit }, value: Quantity.parse(amount).toNumber() }];
  return [...of('memory', 'bytes', memory), ...of('cpu', 'cores', cpu)];
}

/** Samples of `kubevirt_vm_disk_allocated_size_bytes`: what the template of a DataVolume asks for, else what the claim does. */
export function diskSizes(
  { metadata, spec }: VirtualMachine,
  claim: (namespace: string, name: string) => PersistentVolumeClaim | undefined,
): Sample[] {
  return (spec.template.spec?.volumes ?? []).flatMap(
    ({ name: device, persistentVolumeClaim, dataVolume }) => {
      const claimName = persistentVolumeClaim?.claimName ?? dataVolume?.name;
      if (claimName === undefined) return [];
      const template = spec.dataVolumeTemplates?.find((one) => one.metadata?.name === claimName)?.spec;
      const wanted = template?.pvc ?? template?.storage ?? claim(metadata.namespace ?? '', claimName)?.spec;
      const size = wanted?.resources?.requests?.['storage'];
      if (size === undefined) return [];
      const labels = { persistentvolumeclaim: claimName, volume_mode: wanted?.volumeMode, device };
      return [{ labels, value: Quantity.parse(size).toNumber() }];
    },
  );
}
