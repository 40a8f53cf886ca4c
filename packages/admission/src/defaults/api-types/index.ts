import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { SpecFill } from '../fill.ts';
import { fillTimers } from './clock.ts';
import { fillDisks, fillGpus, fillInputs } from './devices.ts';
import { fillFeatures } from './features.ts';
import { fillProbes } from './probes.ts';

const fills: readonly SpecFill[] = [fillFeatures, fillTimers, fillDisks, fillGpus, fillInputs, fillProbes];

/** The defaults of the API types of an instance (KubeVirt defaulting, table D2) other than random ones. */
export const fillApiTypes: SpecFill = (spec, configuration) => {
  for (const fill of fills) fill(spec, configuration);
};

/** D2: an instance has a UUID of its own. */
export function fillFirmwareUuid({ domain }: VirtualMachineInstanceSpec, uuid: () => string): void {
  const firmware = (domain.firmware ??= {});
  firmware.uuid ||= uuid();
}
