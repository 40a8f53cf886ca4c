import type {
  VirtualMachineInstanceSpec,
  VirtualMachineMemoryDumpRequest,
  Volume,
} from '@virtkit/core-types';

type Request = Pick<VirtualMachineMemoryDumpRequest, 'claimName'>;

/** Whether a spec has the volume that guest memory is dumped to, which is named after its claim. */
export function hasDumpVolume(spec: VirtualMachineInstanceSpec | undefined, { claimName }: Request): boolean {
  return (spec?.volumes ?? []).some(({ name, memoryDump }) => name === claimName && memoryDump !== undefined);
}

/** The spec with that volume. */
export function withDumpVolume(
  spec: VirtualMachineInstanceSpec,
  { claimName }: Request,
): VirtualMachineInstanceSpec {
  const volume: Volume = { name: claimName, memoryDump: { claimName, hotpluggable: true } };
  return { ...spec, volumes: [...(spec.volumes ?? []), volume] };
}

/** The spec without it, and without the disk that defaults gave it. */
export function withoutDumpVolume(
  spec: VirtualMachineInstanceSpec,
  { claimName }: Request,
): VirtualMachineInstanceSpec {
  const { domain, volumes = [] } = spec;
  const { disks } = domain.devices;
  const kept = disks?.filter(({ name }) => name !== claimName);
  return {
    ...spec,
    volumes: volumes.filter(({ name }) => name !== claimName),
    ...(kept !== undefined && { domain: { ...domain, devices: { ...domain.devices, disks: kept } } }),
  };
}
