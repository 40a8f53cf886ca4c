import type { ResourceDefinition } from '../registry/definition.ts';
import { horizontalPodAutoscalerKind } from './horizontal-pod-autoscaler.ts';
import { ingressClassKind } from './networking/ingress-class.ts';
import { ingressKind } from './networking/ingress.ts';
import { networkPolicyKind } from './networking/network-policy.ts';
import { cronJobKind } from './workloads/cron-job.ts';
import { daemonSetKind } from './workloads/daemon-set.ts';
import { deploymentKind } from './workloads/deployment.ts';
import { jobKind } from './workloads/job.ts';
import { replicaSetKind } from './workloads/replica-set.ts';
import { statefulSetKind } from './workloads/stateful-set.ts';

/** Kinds that only have a meaning where controllers of their own run, and that other controllers make objects of. */
export function workloadKinds(): ResourceDefinition[] {
  return [
    deploymentKind(),
    replicaSetKind(),
    statefulSetKind(),
    daemonSetKind(),
    jobKind(),
    cronJobKind(),
    ingressKind(),
    ingressClassKind(),
    networkPolicyKind(),
    horizontalPodAutoscalerKind(),
  ];
}
