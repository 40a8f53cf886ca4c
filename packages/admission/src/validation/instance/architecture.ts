import type { InstanceSubject } from './subject.ts';

/** The architecture of an instance: its own, else the cluster's. It need not be one that exists. */
export function effectiveArchitecture({ spec, configuration }: InstanceSubject): string {
  return spec.architecture || configuration.defaultArchitecture;
}
