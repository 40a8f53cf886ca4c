/** Patches as Kubernetes applies them, without a server. */
export type { Schema } from '../schema/types.ts';
export { applyStrategicMergePatch } from './strategic-merge-patch.ts';
export { ApiServerError } from '../errors.ts';
