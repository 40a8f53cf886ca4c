import {
  labels,
  type Affinity,
  type NodeSelectorRequirement,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../cluster-configuration.ts';

/** Labels that a node must have (KubeVirt launcher pod, scheduling); what the user asks for wins over the cluster's. */
export function nodeSelector(
  { spec }: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  hypervisor: string,
): Record<string, string> {
  const { cpu } = spec.domain;
  return {
    [labels.schedulable]: 'true',
    [`virtkit.dev/hypervisor.${hypervisor}`]: 'true',
    ...(spec.architecture === undefined ? {} : { 'kubernetes.io/arch': spec.architecture.toLowerCase() }),
    ...configuration.nodeSelectors,
    ...spec.nodeSelector,
    ...(cpu?.dedicatedCpuPlacement === true ? { 'kubevirt.io/cpumanager': 'true' } : {}),
    ...(isNamedModel(cpu?.model) ? { [`cpu-model.node.kubevirt.io/${cpu?.model ?? ''}`]: 'true' } : {}),
    ...requiredFeatures(cpu),
    ...(cpu?.realtime === undefined ? {} : { 'kubevirt.io/realtime': 'true' }),
  };
}

type Cpu = VirtualMachineInstance['spec']['domain']['cpu'];

function isNamedModel(model: string | undefined): boolean {
  return model !== undefined && model !== '' && model !== 'host-model' && model !== 'host-passthrough';
}

function requiredFeatures(cpu: Cpu): Record<string, string> {
  if (cpu?.model === undefined || cpu.model === '') return {};
  const required = (cpu.features ?? []).filter(
    ({ policy }) => policy === undefined || policy === '' || policy === 'require',
  );
  return Object.fromEntries(required.map(({ name }) => [`cpu-feature.node.kubevirt.io/${name}`, 'true']));
}

/** The user's affinity and what the CPU model rules out, added to every required node selector term. */
export function affinity({ spec }: VirtualMachineInstance): Affinity | undefined {
  const added = forbidden(spec.domain.cpu);
  if (added.length === 0) return spec.affinity;
  const nodeAffinity = spec.affinity?.nodeAffinity;
  const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = required?.nodeSelectorTerms ?? [];
  const extended = (terms.length === 0 ? [{}] : terms).map((term) => ({
    ...term,
    matchExpressions: [...(term.matchExpressions ?? []), ...added],
  }));
  return {
    ...spec.affinity,
    nodeAffinity: {
      ...nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { ...required, nodeSelectorTerms: extended },
    },
  };
}

function forbidden(cpu: Cpu): NodeSelectorRequirement[] {
  const hostModel = cpu?.model === undefined || cpu.model === '' || cpu.model === 'host-model';
  const keys = [
    ...(hostModel ? ['node-labeller.kubevirt.io/obsolete-host-model'] : []),
    ...(cpu?.features ?? [])
      .filter(({ policy }) => policy === 'forbid')
      .map(({ name }) => `cpu-feature.node.kubevirt.io/${name}`),
  ];
  return keys.map((key) => ({ key, operator: 'DoesNotExist' }));
}
