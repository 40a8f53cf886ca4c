import type { VirtualMachineInstanceReplicaSet, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { required, type Finding } from '../finding.ts';
import { graceAnnotationRules } from '../instance-create/grace-annotations.ts';
import { discontinuedGateRules } from '../instance-create/withdrawn-bindings.ts';
import { instanceFindings } from '../instance/index.ts';
import { applyRules, type Rule } from '../rule.ts';
import { differingSelector, invalidSelector, selectorMatch } from '../selector-match.ts';

/** A replica set of instances that is created or changed. */
export interface ReplicaSetWrite {
  readonly set: VirtualMachineInstanceReplicaSet;
  readonly creating: boolean;
  readonly configuration: ClusterConfiguration;
}

const templateRules: readonly Rule<ReplicaSetWrite>[] = [
  {
    id: 'RS-1',
    *check({ set: { spec } }) {
      // The schema requires a template; an object that was not checked against it may lack one.
      const template: object | null | undefined = spec.template;
      if (template === undefined || template === null)
        yield required('spec.template', 'a template describes the instances');
    },
  },
];

const selectorRules: readonly Rule<ReplicaSetWrite>[] = [
  {
    id: 'RS-3',
    check: ({ set: { spec } }) => invalidSelector(selectorMatch(spec.selector, spec.template.metadata)),
  },
  {
    id: 'RS-4',
    check: ({ set: { spec } }) => differingSelector(selectorMatch(spec.selector, spec.template.metadata)),
  },
];

/**
 * Findings of a replica set that fits its schema. Its template is judged as it is written, without defaults (KubeVirt rule
 * RS-2).
 */
export function replicaSetFindings(write: ReplicaSetWrite): readonly Finding[] {
  const without = applyRules(templateRules, write);
  if (without.length > 0) return without;
  const { set, creating, configuration } = write;
  const { metadata = {}, spec = emptyTemplate } = set.spec.template;
  const subject = { spec, root: 'spec.template.spec', configuration };
  return [
    ...applyRules(graceAnnotationRules, { metadata, root: 'spec.template.metadata', spec, configuration }),
    ...instanceFindings(subject),
    ...applyRules(selectorRules, write),
    // RS-5
    ...(creating ? applyRules(discontinuedGateRules, subject) : []),
  ];
}

const emptyTemplate: VirtualMachineInstanceSpec = { domain: { devices: {} } };
