export { runVirtHandler, type VirtHandlerOptions } from './run.ts';
