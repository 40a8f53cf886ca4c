import { alike, definitionName, definitions, rod, rods, sized } from '../conversion/definition.ts';
import type { RequestStep, Sequence } from '../sequence.ts';
import { del, patch, post } from '../sequences/requests.ts';
import { kinds, rules, webhook, within, type More } from './webhook.ts';

const ofVersion = (version: string, more: More = {}): More => ({
  rules: [
    ...rules,
    { operations: ['*'], apiGroups: ['*'], apiVersions: [version], resources: ['rods', 'rods/*'] },
  ],
  ...more,
});

const writes: readonly RequestStep[] = [
  post(rods('v1'), rod('v1', 'a', 1)),
  post(rods('v2'), sized('v2', 'b', 2)),
  patch('merge', `${rods('v2')}/a/status`, { status: {} }),
  del(`${rods('v1')}/a`),
];

/** Requests in another version than the one that a webhook asks for. */
export const equivalentSequences: readonly Sequence[] = kinds.flatMap((kind) =>
  ['Equivalent', 'Exact'].flatMap((matchPolicy) =>
    ['allow', 'deny-message', ...(kind === 'Mutating' ? ['patch-label'] : [])].map((behaviour) => ({
      name: `webhooks: ${kind} ${matchPolicy} of another version, ${behaviour}`,
      steps: [
        ...alike,
        ...within(kind, [webhook('hook', behaviour, ofVersion('v2', { matchPolicy }))], writes),
        del(`${definitions}/${definitionName}`, undefined, { setUp: true }),
      ],
    })),
  ),
);
