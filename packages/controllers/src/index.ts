/** The controllers of KubeVirt's kinds. The runtime that they are made of is `@virtkit/controllers/runtime`. */
export { controllerRevisions, type ControllerRevision } from './kinds.ts';
export { computeContainer, unpausedCondition } from './launcher-keys.ts';
export { nodeLifecycleController, type NodeLifecycleControllerOptions } from './node-lifecycle/controller.ts';
export {
  virtualMachineController,
  type VirtualMachineControllerOptions,
} from './virtual-machine/controller.ts';
export { planMachine, type MachineEffect, type MachinePlan } from './virtual-machine/plan.ts';
export type { MachineObservation } from './virtual-machine/observation.ts';
export {
  launcherPodSelector,
  virtualMachineInstanceController,
  type VirtualMachineInstanceControllerOptions,
} from './virtual-machine-instance/controller.ts';
export { planInstance, type InstanceEffect } from './virtual-machine-instance/plan.ts';
export { observeInstance, type InstanceObservation } from './virtual-machine-instance/observation.ts';
export {
  claimNames,
  type ClaimFacts,
  type LauncherFacts,
} from './virtual-machine-instance/launcher-pod/facts.ts';
export { launcherUser } from './virtual-machine-instance/launcher-pod/identity.ts';
export { kernelBootVolume } from './virtual-machine-instance/launcher-pod/paths.ts';
export {
  hypervisorOf,
  renderPod,
  type RenderOptions,
} from './virtual-machine-instance/launcher-pod/render-pod.ts';
export {
  virtualMachineInstanceReplicaSetController,
  type ReplicaSetControllerOptions,
} from './virtual-machine-instance-replica-set/controller.ts';
export type { ReplicaSetObservation } from './virtual-machine-instance-replica-set/observation.ts';
export { planReplicaSet, type ReplicaSetPlan } from './virtual-machine-instance-replica-set/plan.ts';
export type { Selection } from './replicas/selection.ts';
export {
  virtualMachinePoolController,
  type PoolControllerOptions,
} from './virtual-machine-pool/controller.ts';
export type { PoolMember, PoolObservation, PoolRevision } from './virtual-machine-pool/observation.ts';
export { planPool, type PoolPlan, type PoolStage, type PoolStep } from './virtual-machine-pool/plan.ts';
export {
  workloadUpdateController,
  type WorkloadUpdateControllerOptions,
} from './workload-update/controller.ts';
