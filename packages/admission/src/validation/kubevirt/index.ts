import type { KubeVirt } from '@virtkit/core-types';
import { featureGateWarnings } from '../../configuration/index.ts';
import { refused, type Finding } from '../finding.ts';
import { applyRules, type Rule } from '../rule.ts';
import { certificateRules } from './certificates.ts';
import { componentRules, customizationRules, replicaRules } from './components.ts';
import { gatedSettingRules, gateListRules, ratioRules, seccompRules } from './configuration.ts';
import { configurationsOf, type KubeVirtUpdate, type KubeVirtUpdateRule } from './subject.ts';
import { tlsRules } from './tls.ts';

export { placementOf } from './subject.ts';

const updateRules: readonly KubeVirtUpdateRule[] = [
  ...customizationRules,
  ...certificateRules,
  ...ratioRules,
  ...gatedSettingRules,
  ...tlsRules,
  ...componentRules,
  ...seccompRules,
  ...replicaRules,
  ...gateListRules,
];

/** Findings of a change of the KubeVirt object; all of them are told (KubeVirt rule GEN-04). */
export function kubeVirtUpdateFindings(update: KubeVirtUpdate): readonly Finding[] {
  return applyRules(updateRules, update);
}

/** What an administrator is told of a change: feature gates that do nothing, and settings that are deprecated. */
export function kubeVirtUpdateWarnings(update: KubeVirtUpdate): readonly string[] {
  const { before, after } = configurationsOf(update);
  const { mediatedDevicesTypes = [], nodeMediatedDeviceTypes = [] } =
    after.mediatedDevicesConfiguration ?? {};
  const spelling = (path: string): string =>
    `spec.configuration.mediatedDevicesConfiguration.${path} is deprecated: use mediatedDeviceTypes`;
  return [
    ...featureGateWarnings(before.developerConfiguration, after.developerConfiguration),
    ...(mediatedDevicesTypes.length > 0 ? [spelling('mediatedDevicesTypes')] : []),
    ...nodeMediatedDeviceTypes.flatMap((node, index) =>
      (node.mediatedDevicesTypes ?? []).length > 0
        ? [spelling(`nodeMediatedDeviceTypes[${index}].mediatedDevicesTypes`)]
        : [],
    ),
    ...(after.architectureConfiguration?.ppc64le === undefined
      ? []
      : ['spec.configuration.architectureConfiguration.ppc64le is deprecated: there are no such machines']),
  ];
}

const createRules: readonly Rule<{ readonly others: readonly KubeVirt[] }>[] = [
  {
    id: 'KVC-1',
    *check({ others }) {
      if (others.length > 0) yield refused(400, 'there is a KubeVirt object already');
    },
  },
];

/** Findings of a new KubeVirt object, where `others` are all that there are. */
export function kubeVirtCreateFindings(others: readonly KubeVirt[]): readonly Finding[] {
  return applyRules(createRules, { others });
}

/** Kinds whose objects keep a KubeVirt object from being deleted, in the order in which they are looked for. */
export type Workload = 'VirtualMachineInstance' | 'VirtualMachine' | 'VirtualMachineInstanceReplicaSet';

/** The deletion of a KubeVirt object. */
export interface KubeVirtDeletion {
  readonly kubevirt: KubeVirt;
  /** The first kind of which there is an object anywhere in the cluster. */
  readonly workload: Workload | undefined;
}

const deleteRules: readonly Rule<KubeVirtDeletion>[] = [
  {
    id: 'KVD-1',
    *check({ kubevirt, workload }) {
      if (workload !== undefined && workloadsBlockDeletion(kubevirt))
        yield refused(400, `there is still a ${workload}; spec.uninstallStrategy forbids to go on`);
    },
  },
];

/** Findings of the deletion of a KubeVirt object. */
export function kubeVirtDeleteFindings(deletion: KubeVirtDeletion): readonly Finding[] {
  return applyRules(deleteRules, deletion);
}

/** Whether workloads have to be looked for before a KubeVirt object is deleted. */
export function workloadsBlockDeletion({ spec, status }: KubeVirt): boolean {
  return spec.uninstallStrategy === 'BlockUninstallIfWorkloadsExist' && status?.phase === 'Deployed';
}
