import { cloneJson, elementsOf, membersOf, stringOf } from '../object/json.ts';
import type { AdmissionPlugin } from './types.ts';

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
/** For how long a Pod stays on a node that does not answer. */
const SECONDS = 300;

/** Lets Pods that say nothing about it stay for five minutes on a node that has become unreachable or not ready. */
export function defaultTolerations(): AdmissionPlugin {
  return {
    name: 'DefaultTolerationSeconds',
    matches: ({ group, resource, subresource }, operation) =>
      group === '' &&
      resource === 'pods' &&
      subresource === undefined &&
      (operation === 'CREATE' || operation === 'UPDATE'),
    mutate: ({ object }) => {
      const tolerations = elementsOf(membersOf(object?.spec).tolerations);
      const missing = TAINTS.filter((taint) => !tolerations.map(membersOf).some((one) => covers(one, taint)));
      if (object === undefined || missing.length === 0) return undefined;
      const changed = cloneJson(object);
      const added = missing.map((key) => ({
        key,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: SECONDS,
      }));
      changed.spec = { ...membersOf(changed.spec), tolerations: [...tolerations, ...added] };
      return { object: changed };
    },
  };
}

function covers({ key, effect }: Record<string, unknown>, taint: string): boolean {
  return ['', taint].includes(stringOf(key)) && ['', 'NoExecute'].includes(stringOf(effect));
}
