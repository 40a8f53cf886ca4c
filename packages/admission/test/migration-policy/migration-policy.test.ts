import type { MigrationPolicy, MigrationPolicySpec } from '@virtkit/core-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterConfiguration, matchMigrationPolicy, migrationOptions } from '../../src/index.ts';

type Labels = Record<string, string>;

const policyOf = (
  name: string,
  instance?: Labels,
  namespace?: Labels,
  spec: Partial<MigrationPolicySpec> = {},
): MigrationPolicy => ({
  metadata: { name },
  spec: {
    selectors: {
      ...(instance === undefined ? {} : { virtualMachineInstanceSelector: instance }),
      ...(namespace === undefined ? {} : { namespaceSelector: namespace }),
    },
    ...spec,
  },
});

const instanceLabels = { app: 'db', tier: 'gold' };
const namespaceLabels = { team: 'a' };
const match = (...policies: MigrationPolicy[]) =>
  matchMigrationPolicy(policies, { instanceLabels, namespaceLabels })?.metadata.name;

describe('the policy of a migration', () => {
  it.each<[string, MigrationPolicy[], string | undefined]>([
    ['none without policies', [], undefined],
    [
      'none whose labels are others',
      [policyOf('a', { app: 'web' }), policyOf('b', {}, { team: 'b' })],
      undefined,
    ],
    ['none of which one label is missing', [policyOf('a', { app: 'db', zone: 'x' })], undefined],
    ['one that selects everything', [policyOf('a')], 'a'],
    ['the one with most labels', [policyOf('a', { app: 'db' }), policyOf('b', instanceLabels)], 'b'],
    [
      'the one with most labels of both sides',
      [policyOf('a', instanceLabels), policyOf('b', instanceLabels, namespaceLabels)],
      'b',
    ],
    [
      'of as many, the one with more on the instance',
      [policyOf('a', { app: 'db' }, namespaceLabels), policyOf('b', instanceLabels)],
      'b',
    ],
    [
      'of the same, the one whose name comes first',
      [policyOf('b', { app: 'db' }), policyOf('a', { tier: 'gold' })],
      'a',
    ],
  ])('is %s', (_name, policies, expected) => {
    expect(match(...policies)).toBe(expected);
  });

  it('is any of those with selectors for an instance that has no labels at all', () => {
    const policy = policyOf('strict', { app: 'db' }, { team: 'b' });
    expect(matchMigrationPolicy([policy], { instanceLabels: undefined, namespaceLabels })).toBe(policy);
    expect(matchMigrationPolicy([policy], { instanceLabels: {}, namespaceLabels })).toBeUndefined();
  });

  it('does not depend on the order in which policies are listed', () => {
    const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'zone'), fc.constantFrom('db', 'gold'));
    const policies = fc.uniqueArray(
      fc.record({ name: fc.string({ maxLength: 3 }), instance: labels, namespace: labels }),
      { selector: ({ name }) => name, maxLength: 6 },
    );
    fc.assert(
      fc.property(policies, labels, (list, given) => {
        const all = list.map(({ name, instance, namespace }) => policyOf(name, instance, namespace));
        const subject = { instanceLabels: given, namespaceLabels: given };
        expect(matchMigrationPolicy(all.toReversed(), subject)).toBe(matchMigrationPolicy(all, subject));
      }),
    );
  });
});

describe('the settings of a migration', () => {
  const cluster = clusterConfiguration();

  it('are those of the cluster without a policy', () => {
    expect(migrationOptions(cluster, undefined)).toEqual({
      ...cluster.values.migrations,
      allowWorkloadDisruption: false,
    });
  });

  it('are those of the policy where it has any, and disruption follows post-copy', () => {
    const spec = { allowPostCopy: true, bandwidthPerMigration: '64Mi', completionTimeoutPerGiB: 0 };
    expect(migrationOptions(cluster, policyOf('a', {}, {}, spec))).toEqual({
      ...cluster.values.migrations,
      ...spec,
      allowWorkloadDisruption: true,
    });
    const careful = policyOf('a', {}, {}, { ...spec, allowWorkloadDisruption: false });
    expect(migrationOptions(cluster, careful).allowWorkloadDisruption).toBe(false);
  });

  it('have the experimental ones of the policy', () => {
    const experimental = { compression: 'zstd' as const, stallDetector: { stallMargin: 9 } };
    expect(migrationOptions(cluster, policyOf('a', {}, {}, { experimental }))).toMatchObject({
      experimental,
    });
  });
});
