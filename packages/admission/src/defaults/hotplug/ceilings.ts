import { Quantity, type VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import type { SpecFill } from '../fill.ts';
import { memoryLiveUpdateFault } from './live-update.ts';

/** Virtual CPUs beyond which no headroom is given. */
const mostCpus = 512;

/** How far CPUs and memory of a running guest may grow, where the cluster changes running guests; never on arm64. */
export const fillCeilings: SpecFill = (spec, configuration) => {
  if (spec.architecture === 'arm64' || configuration.values.vmRolloutStrategy !== 'LiveUpdate') return;
  fillMaxSockets(spec, configuration);
  fillMaxGuest(spec, configuration);
};

/** Most sockets: the cluster's number, but not below the guest's own; else a multiple of them within 512 virtual CPUs. */
const fillMaxSockets: SpecFill = ({ domain }, { values }) => {
  const { cpu } = domain;
  const sockets = cpu?.sockets ?? 0;
  if (cpu === undefined || cpu.maxSockets) return;
  const { maxCpuSockets = 0, maxHotplugRatio } = values.liveUpdateConfiguration;
  const ceiling =
    maxCpuSockets > 0
      ? Math.max(maxCpuSockets, sockets)
      : withinLimit(sockets * maxHotplugRatio, sockets, (cpu.cores ?? 0) * (cpu.threads ?? 0));
  if (ceiling > 0) cpu.maxSockets = ceiling;
};

function withinLimit(ceiling: number, sockets: number, perSocket: number): number {
  return ceiling * perSocket > mostCpus ? Math.max(Math.floor(mostCpus / perSocket), sockets) : ceiling;
}

/** Largest memory, where memory can be added at all: otherwise there is silently no headroom. */
const fillMaxGuest: SpecFill = (spec, configuration) => {
  const { memory } = spec.domain;
  if (memory === undefined || memory.maxGuest !== undefined) return;
  const maximum = largestMemory(spec, configuration);
  if (maximum !== undefined && memoryLiveUpdateFault(spec, maximum) === undefined) memory.maxGuest = maximum;
};

function largestMemory(
  { domain }: VirtualMachineInstanceSpec,
  { values }: ClusterConfiguration,
): string | number | undefined {
  const { maxGuest, maxHotplugRatio } = values.liveUpdateConfiguration;
  const guest = domain.memory?.guest;
  if (maxGuest !== undefined || guest === undefined) return maxGuest;
  const bytes = Quantity.parse(guest).toBytes() * BigInt(maxHotplugRatio);
  return Quantity.fromBytes(bytes).toString();
}
