export { GuestBehaviourSchema, type GuestBehaviour, type GuestBehaviourInput } from './behaviour.ts';
export { FaultPlan, operations, type Fault, type Operation } from './faults.ts';
export { MockHost, type MockHostOptions } from './host.ts';
export { createMockHypervisor, MockHypervisor, type MockHypervisorOptions } from './hypervisor.ts';
export { encodePng, type Picture } from './png.ts';
export { StepScheduler, realTime, type Scheduler } from './scheduler.ts';
