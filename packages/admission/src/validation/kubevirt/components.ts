import { invalid, notSupported } from '../finding.ts';
import { isJson } from '../json-text.ts';
import type { KubeVirtUpdateRule } from './subject.ts';

/** Changes to installed objects. */
export const customizationRules: readonly KubeVirtUpdateRule[] = [
  {
    id: 'KVU-01',
    *check({ after }) {
      for (const { patch } of after.spec.customizeComponents?.patches ?? [])
        if (!isJson(patch)) yield notSupported(undefined, `a patch is not JSON: ${patch.slice(0, 80)}`);
    },
  },
];

/** Where components run, which the API server judges by a dry run, and how many there are. */
export const componentRules: readonly KubeVirtUpdateRule[] = [
  {
    id: 'KVU-13',
    *check({ placement }) {
      if (placement?.infra !== undefined) yield invalid(undefined, placement.infra);
    },
  },
  {
    id: 'KVU-14',
    *check({ placement }) {
      if (placement?.workloads !== undefined) yield invalid(undefined, placement.workloads);
    },
  },
];

export const replicaRules: readonly KubeVirtUpdateRule[] = [
  {
    id: 'KVU-17',
    *check({ after }) {
      if (after.spec.infra?.replicas === 0) yield invalid(undefined, 'there must be a replica');
    },
  },
];
