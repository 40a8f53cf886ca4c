import type { ClusterConfiguration } from '@virtkit/admission';
import {
  labelPrefixes,
  labels,
  type Affinity,
  type NodeSelectorRequirement,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import type { LauncherFacts } from './facts.ts';
import { reservationLabels } from './reservations.ts';

type Spec = VirtualMachineInstance['spec'];
type Cpu = Spec['domain']['cpu'];

/** Labels that a node must have (KubeVirt launcher pod, scheduling); what comes later wins. */
export function nodeSelector(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  hypervisor: string,
): Record<string, string> {
  const { spec } = instance;
  const architecture = spec.architecture?.toLowerCase();
  const across = configuration.gates.has('CrossArchitectureVirtualization');
  const required = [
    ...machineLabels(instance, hypervisor),
    ...cpuLabels(spec),
    ...hypervLabels(spec, configuration),
    ...tscLabels(instance),
    ...securityLabels(spec),
    ...(across && architecture !== undefined ? [`${labelPrefixes.architecture}${architecture}`] : []),
  ];
  return {
    [labels.schedulable]: 'true',
    [`${labelPrefixes.hypervisor}${hypervisor}`]: 'true',
    ...(architecture === undefined || across ? {} : { 'kubernetes.io/arch': architecture }),
    ...configuration.values.developerConfiguration.nodeSelectors,
    ...spec.nodeSelector,
    ...Object.fromEntries(required.map((label) => [label, 'true'])),
  };
}

/** The machine type in force, else the one that is asked for. A hypervisor that simulates has none. */
function machineLabels({ spec, status }: VirtualMachineInstance, hypervisor: string): string[] {
  const type = status?.machine?.type || spec.domain.machine?.type;
  if (hypervisor !== 'kvm-qemu' || type === undefined || type === '') return [];
  return [`${labelPrefixes.machineType}${type}`];
}

function cpuLabels({ domain: { cpu } }: Spec): string[] {
  const model = cpu?.model ?? '';
  const named = model !== '' && model !== 'host-model' && model !== 'host-passthrough';
  const features = (model === '' ? [] : (cpu?.features ?? [])).filter(
    ({ policy }) => policy === undefined || policy === '' || policy === 'require',
  );
  return [
    ...(cpu?.dedicatedCpuPlacement === true ? [labels.cpuManager] : []),
    ...(named ? [`${labelPrefixes.cpuModel}${model}`] : []),
    ...features.map(({ name }) => `${labelPrefixes.cpuFeature}${name}`),
    ...(cpu?.realtime === undefined ? [] : [labels.realtime]),
  ];
}

const hypervLabelled = [
  'vpindex',
  'runtime',
  'reset',
  'synic',
  'synictimer',
  'frequencies',
  'reenlightenment',
  'tlbflush',
  'ipi',
] as const;

/** Enlightenments that the node's kernel must offer, where the cluster wants that to be certain. */
function hypervLabels({ domain: { features } }: Spec, { gates }: ClusterConfiguration): string[] {
  const hyperv = features?.hyperv;
  if (hyperv === undefined || !gates.has('HypervStrictCheck')) return [];
  const enabled = hypervLabelled.filter((name) => hyperv[name]?.enabled === true);
  const nested = hyperv.evmcs !== undefined && hyperv.evmcs.enabled !== false;
  return [
    ...enabled.map((name) => `${labelPrefixes.hyperv}${name}`),
    ...(nested ? [`${labelPrefixes.cpuVendor}Intel`] : []),
  ];
}

/** A guest that relies on the rate of its time stamp counter goes where that is known. */
function tscLabels({ spec, status }: VirtualMachineInstance): string[] {
  const frequency = status?.topologyHints?.tscFrequency ?? 0;
  const { cpu, features } = spec.domain;
  const invariant = (cpu?.features ?? []).some(
    ({ name, policy }) => name === 'invtsc' && (policy === 'require' || policy === 'force'),
  );
  const needed = invariant || features?.hyperv?.reenlightenment?.enabled === true;
  const amd64 = spec.architecture === undefined || spec.architecture === 'amd64';
  return amd64 && needed && frequency > 0 ? [`${labelPrefixes.schedulableTscFrequency}${frequency}`] : [];
}

function securityLabels({ architecture, domain: { launchSecurity } }: Spec): string[] {
  if (launchSecurity === undefined) return [];
  const { sev, snp, tdx } = launchSecurity;
  return [
    ...(sev === undefined ? [] : [labels.sev]),
    ...(sev?.policy?.encryptedState === true ? [labels.sevES] : []),
    ...(snp === undefined ? [] : [labels.sevSNP]),
    ...(architecture === 's390x' ? [labels.secureExecution] : []),
    ...(tdx === undefined ? [] : [labels.tdx]),
  ];
}

/** The user's affinity, and what the machine itself rules out. */
export function affinity(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  facts: LauncherFacts,
): Affinity | undefined {
  const { spec } = instance;
  const added = excludedLabels(spec.domain.cpu);
  const nodeAffinity = preferOwnArchitecture(
    requireOfEachTerm(spec.affinity?.nodeAffinity, added),
    spec.architecture,
    configuration,
  );
  const podAntiAffinity = keepReservationsApart(instance, facts);
  if (nodeAffinity === undefined && podAntiAffinity === undefined) return spec.affinity;
  return {
    ...spec.affinity,
    ...(nodeAffinity === undefined ? {} : { nodeAffinity }),
    ...(podAntiAffinity === undefined ? {} : { podAntiAffinity }),
  };
}

function excludedLabels(cpu: Cpu): NodeSelectorRequirement[] {
  const hostModel = cpu?.model === undefined || cpu.model === '' || cpu.model === 'host-model';
  const keys = [
    ...(hostModel ? [labels.obsoleteHostModel] : []),
    ...(cpu?.features ?? [])
      .filter(({ policy }) => policy === 'forbid')
      .map(({ name }) => `${labelPrefixes.cpuFeature}${name}`),
  ];
  return keys.map((key) => ({ key, operator: 'DoesNotExist' }));
}

/** Terms are alternatives: what must hold in any case stands in each, and in one of its own where there is none. */
function requireOfEachTerm(
  given: Affinity['nodeAffinity'],
  added: readonly NodeSelectorRequirement[],
): Affinity['nodeAffinity'] {
  if (added.length === 0) return given;
  const required = given?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = required?.nodeSelectorTerms ?? [];
  const nodeSelectorTerms = (terms.length === 0 ? [{}] : terms).map((term) => ({
    ...term,
    matchExpressions: [...(term.matchExpressions ?? []), ...added],
  }));
  return { ...given, requiredDuringSchedulingIgnoredDuringExecution: { ...required, nodeSelectorTerms } };
}

/** Where guests of other architectures are emulated, nodes of the guest's own are still better. */
function preferOwnArchitecture(
  given: Affinity['nodeAffinity'],
  architecture: string | undefined,
  { gates }: ClusterConfiguration,
): Affinity['nodeAffinity'] {
  if (!gates.has('CrossArchitectureVirtualization') || architecture === undefined) return given;
  const own: NodeSelectorRequirement = {
    key: 'kubernetes.io/arch',
    operator: 'In',
    values: [architecture.toLowerCase()],
  };
  return {
    ...given,
    preferredDuringSchedulingIgnoredDuringExecution: [
      ...(given?.preferredDuringSchedulingIgnoredDuringExecution ?? []),
      { weight: 100, preference: { matchExpressions: [own] } },
    ],
  };
}

/** Two guests with a reservation on one disk must not share a node: the reservation is the node's. */
function keepReservationsApart(
  instance: VirtualMachineInstance,
  facts: LauncherFacts,
): Affinity['podAntiAffinity'] {
  const given = instance.spec.affinity?.podAntiAffinity;
  const keys = Object.keys(reservationLabels(instance, facts));
  if (keys.length === 0) return given;
  return {
    ...given,
    requiredDuringSchedulingIgnoredDuringExecution: [
      ...(given?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...keys.map((key) => ({
        labelSelector: { matchExpressions: [{ key, operator: 'Exists' }] },
        topologyKey: 'kubernetes.io/hostname',
      })),
    ],
  };
}
