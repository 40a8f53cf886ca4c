import {
  jsonEqual,
  type KubeVirt,
  type KubeVirtConfiguration,
  type NodePlacement,
} from '@virtkit/core-types';
import type { Rule } from '../rule.ts';

/** A change of a KubeVirt object. */
export interface KubeVirtUpdate {
  readonly before: KubeVirt;
  readonly after: KubeVirt;
  /**
   * Why the API server would not take components with the placement that the object asks for, by a dry run; absent where it
   * would, or where nothing was asked.
   */
  readonly placement?: PlacementRefusals;
}

/** What the API server says against a Deployment of the infrastructure, and a DaemonSet of the workloads. */
export interface PlacementRefusals {
  readonly infra?: string | undefined;
  readonly workloads?: string | undefined;
}

export type KubeVirtUpdateRule = Rule<KubeVirtUpdate>;

/** The configuration of either side. */
export function configurationsOf({ before, after }: KubeVirtUpdate): {
  readonly before: KubeVirtConfiguration;
  readonly after: KubeVirtConfiguration;
} {
  return { before: configurationOf(before), after: configurationOf(after) };
}

/** Whether an update changes where components may run, so that the API server must be asked. */
export function placementOf(
  { before, after }: Pick<KubeVirtUpdate, 'before' | 'after'>,
  part: 'infra' | 'workloads',
): { readonly changed: boolean; readonly placement: NodePlacement | undefined } {
  const [old, wanted] = [before.spec[part], after.spec[part]];
  return { changed: !jsonEqual(old, wanted), placement: wanted?.nodePlacement };
}

function configurationOf({ spec }: KubeVirt): KubeVirtConfiguration {
  return spec.configuration ?? {};
}
