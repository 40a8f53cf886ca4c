// Defaults and validation of the KubeVirt API.
export * from './admit/index.ts';
export * from './configuration/index.ts';
export * from './defaults/index.ts';
export * from './instancetype/index.ts';
export * from './migration-policy/index.ts';
export * from './validation/index.ts';
export * from './validation/instancetype/index.ts';
export { semanticallyEqual } from './validation/semantic-equality.ts';
