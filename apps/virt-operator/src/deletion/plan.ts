// How an installation goes: kinds first, and with them every machine, while the controllers still run to end them; then what
// leads to the programs, then the programs, then what they needed (KubeVirt operator facts, deletion).
import { finalizers, type CustomResourceDefinition, type KubernetesObject } from '@virtkit/core-types';
import type { Managed } from '../rollout/stages.ts';

/** Kubernetes: on a definition until all of its objects are gone. */
const instancesFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

const waves: readonly (readonly string[])[] = [
  [
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'APIService',
    'DaemonSet',
    'PodDisruptionBudget',
    'Deployment',
  ],
  [
    'Service',
    'ServiceMonitor',
    'PrometheusRule',
    'ClusterRoleBinding',
    'ClusterRole',
    'RoleBinding',
    'Role',
    'ServiceAccount',
    'Secret',
    'ConfigMap',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingAdmissionPolicy',
  ],
];

/** What is to be done next. */
export type DeletionStep =
  /** Keep these definitions until the objects of all are gone: controllers need every kind to end machines. */
  | { readonly kind: 'hold'; readonly definitions: readonly CustomResourceDefinition[] }
  | { readonly kind: 'delete'; readonly objects: readonly KubernetesObject[] }
  | { readonly kind: 'release'; readonly definitions: readonly CustomResourceDefinition[] }
  /** Programs that run meanwhile need their certificates; where none is left, nothing may be made any more. */
  | { readonly kind: 'wait'; readonly for: string; readonly programsRun: boolean }
  | { readonly kind: 'gone' };

/** The next step of a deletion. Pure. */
export function planDeletion(managed: Managed): DeletionStep {
  const objects = [...managed.values()];
  const definitions = objects.filter(isDefinition);
  const programsRun = objects.some(({ kind }) => kind === 'DaemonSet' || kind === 'Deployment');
  if (definitions.length > 0) return planDefinitions(definitions, programsRun);
  for (const kinds of waves) {
    const wave = objects.filter(({ kind = '' }) => kinds.includes(kind));
    if (wave.length === 0) continue;
    const present = wave.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (present.length === 0) {
      const names = wave.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      return { kind: 'wait', for: names.join(', '), programsRun };
    }
    return {
      kind: 'delete',
      objects: present.sort((a, b) => kinds.indexOf(a.kind ?? '') - kinds.indexOf(b.kind ?? '')),
    };
  }
  return { kind: 'gone' };
}

function planDefinitions(
  definitions: readonly CustomResourceDefinition[],
  programsRun: boolean,
): DeletionStep {
  const free = definitions.filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined && !holds(metadata.finalizers),
  );
  if (free.length > 0) return { kind: 'hold', definitions: free };
  const present = definitions.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (present.length > 0) return { kind: 'delete', objects: present };
  const full = definitions.filter(({ metadata }) => metadata.finalizers?.includes(instancesFinalizer));
  if (full.length > 0) {
    const names = full.map(({ metadata }) => metadata.name).join(', ');
    return { kind: 'wait', for: `the objects of ${names}`, programsRun };
  }
  const held = definitions.filter(({ metadata }) => holds(metadata.finalizers));
  if (held.length > 0) return { kind: 'release', definitions: held };
  const names = definitions.map(({ metadata }) => metadata.name).join(', ');
  return { kind: 'wait', for: `whoever holds ${names}`, programsRun };
}

function holds(given: readonly string[] = []): boolean {
  return given.includes(finalizers.operatorComponent);
}

function isDefinition(object: KubernetesObject): object is CustomResourceDefinition {
  return object.kind === 'CustomResourceDefinition';
}
