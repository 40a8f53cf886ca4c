import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { knownArchitecture, type Architecture } from '../../configuration/cluster-configuration.ts';
import type { SpecFill } from '../fill.ts';
import { fillFirmwareOfArm64 } from './arm64.ts';
import { fillBuses } from './buses.ts';
import { fillAcpiOfS390x } from './s390x.ts';
import { fillWatchdogOfAmd64, fillWatchdogOfS390x } from './watchdog.ts';

/** What an architecture fills in, before and after the defaults of the API types. */
interface ArchitectureFills {
  readonly before: readonly SpecFill[];
  readonly after: readonly SpecFill[];
}

const fills: Readonly<Record<Architecture, ArchitectureFills>> = {
  amd64: { before: [], after: [fillBuses('sata'), fillWatchdogOfAmd64] },
  arm64: { before: [], after: [fillBuses('virtio'), fillFirmwareOfArm64, cpuModel('host-passthrough')] },
  s390x: { before: [fillAcpiOfS390x], after: [fillBuses('virtio'), fillWatchdogOfS390x] },
};

/** What the architecture decides before the defaults of the API types; other architectures are treated as amd64. */
export const fillArchitectureFirst: SpecFill = (spec, configuration) => {
  for (const fill of fillsOf(spec).before) fill(spec, configuration);
};

/** What the architecture decides after the defaults of the API types, then the cluster's CPU model, else the host's. */
export const fillArchitectureLast: SpecFill = (spec, configuration) => {
  for (const fill of fillsOf(spec).after) fill(spec, configuration);
  cpuModel(configuration.values.cpuModel || 'host-model')(spec, configuration);
};

function fillsOf({ architecture }: VirtualMachineInstanceSpec): ArchitectureFills {
  return fills[knownArchitecture(architecture) ?? 'amd64'];
}

function cpuModel(model: string): SpecFill {
  return ({ domain }) => {
    const cpu = (domain.cpu ??= {});
    cpu.model ||= model;
  };
}
