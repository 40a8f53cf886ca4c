export { embeddedPodLogs, type PodIdentity, type PodLogs } from './launcher-logs/pod-logs.ts';
export { runVirtHandler, type VirtHandlerOptions } from './run.ts';
