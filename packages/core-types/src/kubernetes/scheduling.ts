// Where a pod may run: affinity, tolerations and spreading.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, int64 } from '../schema/scalars.ts';
import { LabelSelectorSchema } from './meta.ts';

export const NodeSelectorRequirementSchema = apiObject('One condition on a node label or field.', {
  key: z.string(),
  operator: z.enum(['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn']),
  values: atomicList(z.string()).optional(),
});
export type NodeSelectorRequirement = z.output<typeof NodeSelectorRequirementSchema>;

export const NodeSelectorTermSchema = apiObject('Conditions that a node must all meet.', {
  matchExpressions: atomicList(NodeSelectorRequirementSchema).optional(),
  matchFields: atomicList(NodeSelectorRequirementSchema).optional(),
});
export type NodeSelectorTerm = z.output<typeof NodeSelectorTermSchema>;

export const NodeSelectorSchema = apiObject('Alternatives, of which a node must match at least one.', {
  nodeSelectorTerms: atomicList(NodeSelectorTermSchema),
});
export type NodeSelector = z.output<typeof NodeSelectorSchema>;

export const PreferredSchedulingTermSchema = apiObject('A weighted preference for matching nodes.', {
  preference: NodeSelectorTermSchema,
  weight: int32(),
});
export type PreferredSchedulingTerm = z.output<typeof PreferredSchedulingTermSchema>;

export const NodeAffinitySchema = apiObject('Rules on the nodes themselves.', {
  preferredDuringSchedulingIgnoredDuringExecution: atomicList(PreferredSchedulingTermSchema).optional(),
  requiredDuringSchedulingIgnoredDuringExecution: NodeSelectorSchema.optional(),
});
export type NodeAffinity = z.output<typeof NodeAffinitySchema>;

export const PodAffinityTermSchema = apiObject(
  'A set of pods and the topology domain in which they are counted.',
  {
    labelSelector: LabelSelectorSchema.optional(),
    matchLabelKeys: atomicList(z.string()).optional(),
    mismatchLabelKeys: atomicList(z.string()).optional(),
    namespaceSelector: LabelSelectorSchema.optional(),
    namespaces: atomicList(z.string()).optional(),
    topologyKey: z.string(),
  },
);
export type PodAffinityTerm = z.output<typeof PodAffinityTermSchema>;

export const WeightedPodAffinityTermSchema = apiObject(
  'A weighted preference on the neighbourhood of pods.',
  {
    podAffinityTerm: PodAffinityTermSchema,
    weight: int32(),
  },
);
export type WeightedPodAffinityTerm = z.output<typeof WeightedPodAffinityTermSchema>;

export const PodAffinitySchema = apiObject('Pods to run close to.', {
  preferredDuringSchedulingIgnoredDuringExecution: atomicList(WeightedPodAffinityTermSchema).optional(),
  requiredDuringSchedulingIgnoredDuringExecution: atomicList(PodAffinityTermSchema).optional(),
});
export type PodAffinity = z.output<typeof PodAffinitySchema>;

export const PodAntiAffinitySchema = apiObject('Pods to keep away from.', {
  preferredDuringSchedulingIgnoredDuringExecution: atomicList(WeightedPodAffinityTermSchema).optional(),
  requiredDuringSchedulingIgnoredDuringExecution: atomicList(PodAffinityTermSchema).optional(),
});
export type PodAntiAffinity = z.output<typeof PodAntiAffinitySchema>;

export const AffinitySchema = apiObject('Rules on nodes and neighbours for the scheduler.', {
  nodeAffinity: NodeAffinitySchema.optional(),
  podAffinity: PodAffinitySchema.optional(),
  podAntiAffinity: PodAntiAffinitySchema.optional(),
});
export type Affinity = z.output<typeof AffinitySchema>;

export const TolerationSchema = apiObject('A taint that does not keep the workload off a node.', {
  effect: z.enum(['NoExecute', 'NoSchedule', 'PreferNoSchedule']).optional(),
  key: z.string().optional(),
  operator: z.enum(['Equal', 'Exists']).optional(),
  tolerationSeconds: int64().optional(),
  value: z.string().optional(),
});
export type Toleration = z.output<typeof TolerationSchema>;

export const TopologySpreadConstraintSchema = apiObject('How evenly matching pods spread over a topology.', {
  labelSelector: LabelSelectorSchema.optional(),
  matchLabelKeys: atomicList(z.string()).optional(),
  maxSkew: int32(),
  minDomains: int32().optional(),
  nodeAffinityPolicy: z.enum(['Honor', 'Ignore']).optional(),
  nodeTaintsPolicy: z.enum(['Honor', 'Ignore']).optional(),
  topologyKey: z.string(),
  whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
});
export type TopologySpreadConstraint = z.output<typeof TopologySpreadConstraintSchema>;
