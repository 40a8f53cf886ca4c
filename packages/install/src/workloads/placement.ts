import type { Affinity, NodePlacement, PodTemplateSpec, Toleration } from '@virtkit/core-types';

const controlPlaneRoles = [
  'node-role.kubernetes.io/control-plane',
  'node-role.kubernetes.io/master',
] as const;

/** KubeVirt: where infrastructure runs when nobody says: on nodes of the control plane, those without workers first. */
const defaultInfrastructure: NodePlacement = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: controlPlaneRoles.map((key) => ({
          matchExpressions: [{ key, operator: 'Exists' as const }],
        })),
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          preference: {
            matchExpressions: [{ key: 'node-role.kubernetes.io/worker', operator: 'DoesNotExist' }],
          },
        },
      ],
    },
  },
  tolerations: controlPlaneRoles.map((key) => ({ key, operator: 'Exists', effect: 'NoSchedule' })),
};

/** Puts Pods where infrastructure is to run. */
export function placeInfrastructure(
  template: PodTemplateSpec,
  placement: NodePlacement | undefined,
): PodTemplateSpec {
  return place(template, placement ?? defaultInfrastructure);
}

/** Puts Pods where machines are to run; anywhere when nobody says. */
export function placeWorkloads(
  template: PodTemplateSpec,
  placement: NodePlacement | undefined,
): PodTemplateSpec {
  return place(template, placement ?? {});
}

/** The component's own selectors win; affinity and tolerations are added to its own. */
function place(template: PodTemplateSpec, placement: NodePlacement): PodTemplateSpec {
  const spec = template.spec!;
  const affinity = mergeAffinity(spec.affinity, placement.affinity);
  const tolerations: Toleration[] = [...(spec.tolerations ?? []), ...(placement.tolerations ?? [])];
  return {
    ...template,
    spec: {
      ...spec,
      nodeSelector: { ...placement.nodeSelector, 'kubernetes.io/os': 'linux', ...spec.nodeSelector },
      ...(affinity !== undefined && { affinity }),
      ...(tolerations.length > 0 && { tolerations }),
    },
  };
}

/** Terms that must hold and terms that are preferred. */
interface Terms<Required, Preferred> {
  requiredDuringSchedulingIgnoredDuringExecution?: Required | undefined;
  preferredDuringSchedulingIgnoredDuringExecution?: Preferred[] | undefined;
}

function mergeAffinity(own: Affinity | undefined, added: Affinity | undefined): Affinity | undefined {
  if (own === undefined || added === undefined) return own ?? added;
  const merged: Affinity = {
    // Kubernetes: one of the node selector's terms must hold, so those of both sides are alternatives.
    nodeAffinity: mergeTerms(own.nodeAffinity, added.nodeAffinity, (a, b) => ({
      nodeSelectorTerms: [...a.nodeSelectorTerms, ...b.nodeSelectorTerms],
    })),
    podAffinity: mergeTerms(own.podAffinity, added.podAffinity, (a, b) => [...a, ...b]),
    podAntiAffinity: mergeTerms(own.podAntiAffinity, added.podAntiAffinity, (a, b) => [...a, ...b]),
  };
  return withoutUndefined(merged);
}

function mergeTerms<R, P>(
  own: Terms<R, P> | undefined,
  added: Terms<R, P> | undefined,
  mergeRequired: (own: R, added: R) => R,
): Terms<R, P> | undefined {
  if (own === undefined || added === undefined) return own ?? added;
  const [a, b] = [own, added].map((side) => side.requiredDuringSchedulingIgnoredDuringExecution);
  const preferred = [own, added].flatMap(
    (side) => side.preferredDuringSchedulingIgnoredDuringExecution ?? [],
  );
  return withoutUndefined({
    requiredDuringSchedulingIgnoredDuringExecution:
      a === undefined || b === undefined ? (a ?? b) : mergeRequired(a, b),
    preferredDuringSchedulingIgnoredDuringExecution: preferred.length > 0 ? preferred : undefined,
  });
}

function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
