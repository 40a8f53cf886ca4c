import type { VirtualMachine } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';
import { defaultInstanceSpec } from '../defaults/instance-spec.ts';
import { withMissingDisks } from '../defaults/spec/disks.ts';
import { networkRefusal, withDefaultNetwork } from '../defaults/spec/network.ts';
import { refused } from '../validation/finding.ts';
import { applyToMachine, type MachineWithReferences } from './apply-to-machine.ts';
import type { ReferencedSpecs } from './references.ts';

/**
 * The machine as it would have to be written without instance type and preference (KubeVirt: expand-spec): a disk for each
 * volume and a network, then both applied, then the defaults of instances; matchers and what the status remembers of them are
 * gone. A machine without matchers comes back unchanged. Beside the rules of `applyToMachine` a cluster that cannot give it a network
 * speaks against it (D1-8).
 */
export function expandMachine(
  machine: VirtualMachine,
  references: ReferencedSpecs,
  configuration: ClusterConfiguration,
): MachineWithReferences {
  const { instancetype, preference, template } = machine.spec;
  if ((instancetype === undefined && preference === undefined) || template.spec === undefined)
    return { ok: true, machine };
  const refusal = networkRefusal(template.spec, configuration);
  if (refusal !== undefined) return { ok: false, findings: [{ rule: 'D1-8', ...refused(400, refusal) }] };
  const prepared = withDefaultNetwork(withMissingDisks(template.spec), configuration);
  const applied = applyToMachine(withTemplateSpec(machine, prepared), references);
  if (!applied.ok) return applied;
  const spec = applied.machine.spec.template.spec;
  const complete =
    spec === undefined
      ? applied.machine
      : withTemplateSpec(applied.machine, defaultInstanceSpec(spec, configuration));
  return { ok: true, machine: withoutReferences(complete) };
}

/** The machine without matchers, and without what its status remembers of them. */
export function withoutReferences(machine: VirtualMachine): VirtualMachine {
  const { instancetype: _instancetype, preference: _preference, ...spec } = machine.spec;
  if (machine.status == null) return { ...machine, spec };
  const { instancetypeRef: _instancetypeRef, preferenceRef: _preferenceRef, ...status } = machine.status;
  return { ...machine, spec, status };
}

function withTemplateSpec(
  machine: VirtualMachine,
  spec: VirtualMachine['spec']['template']['spec'],
): VirtualMachine {
  return { ...machine, spec: { ...machine.spec, template: { ...machine.spec.template, spec } } };
}
