import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '@virtkit/core-types';
import type { DaemonSet, Deployment } from '@virtkit/install';
import { isAsDesired } from './difference.ts';

/**
 * Whether a workload runs as it is asked for: nothing of an older version is left, and what there is is ready, of a Deployment
 * one replica at least, of a DaemonSet all. Other kinds have nothing to wait for.
 */
export function isRolledOut(stored: KubernetesObject | undefined): boolean {
  switch (stored?.kind) {
    case 'Deployment':
      return isDeploymentRolledOut(stored as Deployment);
    case 'DaemonSet':
      return isDaemonSetRolledOut(stored as DaemonSet);
    default:
      return stored !== undefined;
  }
}

function isDeploymentRolledOut({ metadata, status }: Deployment): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = status ?? {};
  const seen = observedGeneration >= (metadata.generation ?? 0);
  return seen && replicas > 0 && updatedReplicas === replicas && readyReplicas > 0;
}

function isDaemonSetRolledOut({ metadata, status }: DaemonSet): boolean {
  const {
    observedGeneration = 0,
    desiredNumberScheduled = 0,
    updatedNumberScheduled = 0,
    numberReady = 0,
  } = status ?? {};
  const seen = observedGeneration >= (metadata.generation ?? 0);
  return (
    seen &&
    desiredNumberScheduled > 0 &&
    updatedNumberScheduled === desiredNumberScheduled &&
    numberReady === desiredNumberScheduled
  );
}

type RollingUpdate = NonNullable<NonNullable<DaemonSet['spec']['updateStrategy']>['rollingUpdate']>;

/** What Kubernetes takes where nothing is said, and what the manifest says where nobody patched it. */
const oneAtATime: RollingUpdate = { maxUnavailable: 1 };
const byTenths: RollingUpdate = { maxUnavailable: '10%' };

/**
 * How many node agents may be replaced at a time, by what is stored and what is asked for. One goes first; when it has become
 * ready the others follow as is asked for, or by tenths where nobody patched that. Two updated ones mean that the first is ready,
 * because otherwise the second would still wait.
 */
export function handlerRollingUpdate(stored: DaemonSet | undefined, desired: DaemonSet): RollingUpdate {
  const asked = desired.spec.updateStrategy?.rollingUpdate ?? oneAtATime;
  if (stored === undefined) return asked;
  const { status, metadata, spec } = stored;
  // What is counted is about another template than the one that is about to come.
  if (!isAsDesired(spec.template, desired.spec.template)) return oneAtATime;
  // Nor is it about this one yet: a number that changed here now would be a change that has to be seen, too.
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0))
    return spec.updateStrategy?.rollingUpdate ?? oneAtATime;
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0 } = status ?? {};
  if (updatedNumberScheduled >= desiredNumberScheduled) return asked;
  if (updatedNumberScheduled < 2) return oneAtATime;
  return isDeepStrictEqual(asked, oneAtATime) ? byTenths : asked;
}
