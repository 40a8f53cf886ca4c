// Node labels that tell the scheduler what the virtualisation of a node can do (KubeVirt: node labeller).
import { labelPrefixes, labels } from '@virtkit/core-types';
import type { HostFacts } from './host-facts.ts';

type Labels = Record<string, string>;

/** Models that KubeVirt calls obsolete, which it offers neither by this name nor as their first version. */
const oldModels = [
  '486',
  'pentium',
  'pentium2',
  'pentium3',
  'pentiumpro',
  'coreduo',
  'n270',
  'core2duo',
  'Conroe',
  'athlon',
  'phenom',
  'qemu64',
  'qemu32',
  'kvm64',
  'kvm32',
  'Opteron_G1',
  'Opteron_G2',
];

/** KubeVirt's obsolete models where the cluster's configuration names none. */
const obsoleteModels: Readonly<Record<string, boolean>> = Object.fromEntries(
  oldModels.flatMap((name) => [
    [name, true],
    [`${name}-v1`, true],
  ]),
);

/** What counts besides the node itself. */
export interface LabelOptions {
  /** `obsoleteCPUModels` of the cluster's configuration; it replaces the built-in ones. */
  readonly obsoleteCpuModels?: Readonly<Record<string, boolean>> | undefined;
  /** Gate CrossArchitectureVirtualization: tell which architectures guests can have. */
  readonly crossArchitecture?: boolean;
}

const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', s390x: 's390x' };

/** The labels of a node with these facts. CPU models and features are those of amd64 and s390x only. */
export function hostLabels(facts: HostFacts, options: LabelOptions = {}): Labels {
  const architecture = architectures[facts.host.arch] ?? facts.host.arch;
  return {
    ...machineLabels(facts),
    ...(architecture === 'arm64' ? {} : cpuLabels(facts, architecture, options)),
    ...(architecture === 'amd64' ? hypervLabels(facts) : {}),
    ...timerLabels(facts),
    ...securityLabels(facts),
    ...(facts.realtime ? { [labels.realtime]: 'true' } : {}),
    ...(options.crossArchitecture === true ? architectureLabels(facts) : {}),
  };
}

/** The host's CPU model, when the cluster calls it obsolete. */
export function obsoleteHostModel({ domain }: HostFacts, options: LabelOptions = {}): string | undefined {
  const model = domain.hostModel?.model;
  return model !== undefined && isObsolete(model, options) ? model : undefined;
}

function isObsolete(model: string, { obsoleteCpuModels = obsoleteModels }: LabelOptions): boolean {
  return Object.hasOwn(obsoleteCpuModels, model) && obsoleteCpuModels[model] === true;
}

function allTrue(names: readonly string[]): Labels {
  return Object.fromEntries(names.map((name) => [name, 'true']));
}

function under(prefix: string, names: readonly string[]): Labels {
  return allTrue(names.map((name) => prefix + name));
}

function machineLabels({ host }: HostFacts): Labels {
  const own = host.guests.filter(({ arch }) => arch === host.arch).flatMap(({ machines }) => machines);
  return under(
    labelPrefixes.machineType,
    own.map(({ name }) => name),
  );
}

function cpuLabels({ domain }: HostFacts, architecture: string, options: LabelOptions): Labels {
  const { hostModel, models } = domain;
  const offered = models.filter(({ name }) => !isObsolete(name, options));
  const required = (hostModel?.features ?? []).filter(({ policy }) => policy === 'require');
  const features = required.map(({ name }) => name);
  const vendor = hostModel?.vendor ?? (architecture === 's390x' ? 'IBM' : undefined);
  return {
    ...under(
      labelPrefixes.cpuModel,
      offered.filter(({ usable }) => usable !== 'no').map(({ name }) => name),
    ),
    ...under(
      labelPrefixes.cpuModelMigration,
      offered.filter(({ usable }) => usable !== 'unknown').map(({ name }) => name),
    ),
    ...under(labelPrefixes.cpuFeature, features),
    ...under(labelPrefixes.hostModelRequiredFeatures, features),
    ...(hostModel === undefined ? {} : under(labelPrefixes.hostModelCpu, [hostModel.model])),
    ...(vendor === undefined ? {} : under(labelPrefixes.cpuVendor, [vendor])),
    ...(hostModel !== undefined && isObsolete(hostModel.model, options)
      ? { [labels.obsoleteHostModel]: 'true' }
      : {}),
  };
}

/** KubeVirt's names of enlightenments by libvirt's; the base and its clock come with any of them, which emulation has none of. */
const enlightenments: Readonly<Record<string, readonly string[]>> = {
  relaxed: [],
  vpindex: ['vpindex'],
  tlbflush: ['tlbflush'],
  ipi: ['ipi'],
  synic: ['synic', 'synic2'],
  frequencies: ['frequencies'],
  reset: ['reset'],
  runtime: ['runtime'],
  stimer: ['synictimer'],
  reenlightenment: ['reenlightenment'],
};

function hypervLabels({ domain: { hyperv } }: HostFacts): Labels {
  const known = hyperv.filter((name) => Object.hasOwn(enlightenments, name));
  if (known.length === 0) return {};
  return under(labelPrefixes.hyperv, [
    'base',
    'time',
    ...known.flatMap((name) => enlightenments[name] ?? []),
  ]);
}

function timerLabels({ host: { tsc } }: HostFacts): Labels {
  if (tsc === undefined) return {};
  return { [labels.tscFrequency]: String(tsc.frequency), [labels.tscScalable]: String(tsc.scalable) };
}

function securityLabels({ domain }: HostFacts): Labels {
  const sev = domain.features.includes('sev');
  return allTrue([
    ...(sev ? [labels.sev] : []),
    ...(sev && domain.sevEsGuests > 0 ? [labels.sevES] : []),
    ...(sev && domain.launchSecurity.includes('sev-snp') ? [labels.sevSNP] : []),
    ...(domain.features.includes('tdx') ? [labels.tdx] : []),
    ...(domain.features.includes('s390-pv') ? [labels.secureExecution] : []),
  ]);
}

function architectureLabels({ host }: HostFacts): Labels {
  const names = host.guests.flatMap(({ arch }) => architectures[arch] ?? []);
  return under(labelPrefixes.architecture, names);
}

const prefixes: readonly string[] = [
  labelPrefixes.cpuFeature,
  labelPrefixes.cpuModel,
  labelPrefixes.cpuModelMigration,
  labelPrefixes.machineType,
  labelPrefixes.hyperv,
  labelPrefixes.hostModelCpu,
  labelPrefixes.hostModelRequiredFeatures,
  labelPrefixes.architecture,
  labels.tscFrequency,
  labels.tscScalable,
  labels.obsoleteHostModel,
  labels.realtime,
  labels.sev,
  labels.tdx,
];

/**
 * The labels to write on a node: the wanted ones, and null for each present one that the labeller once wrote and that no longer
 * holds. Vendor and Secure Execution labels are never taken back, as in KubeVirt.
 */
export function labelChanges(
  present: Readonly<Labels>,
  wanted: Readonly<Labels>,
): Record<string, string | null> {
  const stale = Object.keys(present).filter(
    (name) => !Object.hasOwn(wanted, name) && prefixes.some((prefix) => name.startsWith(prefix)),
  );
  const changed = Object.entries(wanted).filter(([name, value]) => present[name] !== value);
  return Object.fromEntries([...changed, ...stale.map((name) => [name, null] as const)]);
}
