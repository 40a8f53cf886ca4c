/** virt-controller as a library, for programs that run it inside themselves. */
export type { VirtControllerConfig } from './configuration.ts';
export { runVirtController, type Health, type VirtControllerOptions } from './run.ts';
