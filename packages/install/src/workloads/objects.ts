import { labels, type NodePlacement, type PodTemplateSpec } from '@virtkit/core-types';
import { componentMetadata } from '../labels.ts';
import type { DaemonSet, Deployment, PodDisruptionBudget } from '../kinds/workloads.ts';
import { placeInfrastructure, placeWorkloads } from './placement.ts';
import { podSelector, podTemplate, type ComponentPod } from './pod-template.ts';

/** What all workloads of an installation have in common. */
export interface WorkloadSettings {
  readonly namespace: string;
  readonly product: Readonly<Record<string, string>>;
  readonly pull: Parameters<typeof podTemplate>[1];
  readonly placement: NodePlacement | undefined;
}

/** A component that runs a number of times on nodes for infrastructure. */
export function deployment(
  component: ComponentPod,
  settings: WorkloadSettings,
  replicas: number,
): Deployment {
  const { namespace } = settings;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: componentMetadata(component.name, namespace, settings.product),
    spec: {
      replicas,
      selector: { matchLabels: podSelector(component.name) },
      strategy: { type: 'RollingUpdate' },
      template: placeInfrastructure(template(component, settings), settings.placement),
    },
  };
}

/** A component that runs once on each node that takes machines. */
export function daemonSet(component: ComponentPod, settings: WorkloadSettings): DaemonSet {
  const { namespace } = settings;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: componentMetadata(component.name, namespace, settings.product),
    spec: {
      selector: { matchLabels: podSelector(component.name) },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: placeWorkloads(template(component, settings), settings.placement),
    },
  };
}

/** Lets a node be drained without taking the last replica away; none for a single replica, which would block every drain. */
export function disruptionBudget({ metadata, spec }: Deployment): PodDisruptionBudget | undefined {
  const minAvailable = (spec.replicas ?? 1) - 1;
  if (minAvailable < 1) return undefined;
  const name = `${metadata.name}-pdb`;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: metadata.namespace, labels: { [labels.app]: name } },
    spec: { minAvailable, selector: spec.selector },
  };
}

function template(component: ComponentPod, { pull, product }: WorkloadSettings): PodTemplateSpec {
  return podTemplate(component, pull, product);
}
