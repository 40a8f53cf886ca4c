import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { MachineSpec } from '@virtkit/hal';
import type { PlanConfiguration } from '../configuration.ts';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';

export type Architecture = MachineSpec['architecture'];

/** KubeVirt's names of architectures and the machine's own. */
const architectures: Readonly<Record<string, Architecture>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  s390x: 's390x',
};

/** The machine's architecture. @throws PlanError `unsupported` for one that is not known */
export function architectureOf({ architecture }: VirtualMachineInstanceSpec): Architecture {
  const known = architectures[architecture || 'amd64'];
  if (known !== undefined) return known;
  throw new PlanError('unsupported', `there is no architecture ${architecture}`, {
    field: 'spec.architecture',
  });
}

/** Whether the guest's instructions are not the host's, so that it runs by emulation only. */
export function isForeign(spec: VirtualMachineInstanceSpec, facts: MachineFacts): boolean {
  return facts.architecture !== undefined && architectureOf(spec) !== facts.architecture;
}

/** @throws PlanError `unsupported` for an unknown architecture, or a foreign one where the cluster does not allow it */
export function planArchitecture(
  spec: VirtualMachineInstanceSpec,
  facts: MachineFacts,
  { crossArchitecture }: PlanConfiguration,
): Architecture {
  const architecture = architectureOf(spec);
  if (!isForeign(spec, facts) || crossArchitecture === true) return architecture;
  throw new PlanError('unsupported', `a host of ${facts.architecture} does not run ${architecture}`, {
    field: 'spec.architecture',
  });
}

/**
 * Whether the machine may fall back to emulation. It depends on the configuration alone, so that a probe that comes out
 * differently after a restart does not change the plan of a running machine. Where hardware is needed and missing, the
 * hypervisor's start says why.
 */
export function planAcceleration(
  { useEmulation }: PlanConfiguration,
  foreign: boolean,
): MachineSpec['acceleration'] {
  if (foreign) return 'emulation';
  return useEmulation ? 'prefer-hardware' : 'hardware';
}
