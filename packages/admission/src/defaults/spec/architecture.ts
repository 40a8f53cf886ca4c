import { architectureSettings } from '../../configuration/lookups.ts';
import type { SpecFill } from '../fill.ts';

/** D1-1: the cluster's default architecture. */
export const fillArchitecture: SpecFill = (spec, { defaultArchitecture }) => {
  spec.architecture ||= defaultArchitecture;
};

/** D1-2: the cluster's machine type for the architecture. */
export const fillMachineType: SpecFill = (spec, configuration) => {
  const machine = (spec.domain.machine ??= {});
  machine.type ||= architectureSettings(configuration, spec.architecture ?? '').machineType;
};
