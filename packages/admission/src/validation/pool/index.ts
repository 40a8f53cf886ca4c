import { LabelSelectorSchema, type VirtualMachinePool, type VirtualMachineSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { invalid, required, unexpected, type Finding } from '../finding.ts';
import { discontinuedGateRules } from '../instance-create/withdrawn-bindings.ts';
import { machineSpecFindings } from '../machine/spec.ts';
import { applyRules, type Rule } from '../rule.ts';
import { differingSelector, invalidSelector, selectorMatch } from '../selector-match.ts';
import { semanticallyEqual } from '../semantic-equality.ts';

/** A pool that is created or changed. */
export interface PoolWrite {
  readonly pool: VirtualMachinePool;
  /** As stored; `unreadable` when it does not fit the schema, undefined when the pool is being created. */
  readonly before: VirtualMachinePool | 'unreadable' | undefined;
  readonly trusted: boolean;
  readonly configuration: ClusterConfiguration;
}

const root = 'spec.virtualMachineTemplate.spec';
const strategies = ['unmanaged', 'opportunistic', 'proactive'] as const;

const templateRules: readonly Rule<PoolWrite>[] = [
  {
    id: 'POOL-2',
    *check({ pool: { spec } }) {
      // The schema requires a template; an object that was not checked against it may lack one.
      const template: object | null | undefined = spec.virtualMachineTemplate;
      if (template === undefined || template === null)
        yield required('spec.template', 'a template describes the machines');
    },
  },
];

/** How many machines may be gone at a time. */
const availabilityRules: readonly Rule<PoolWrite>[] = [
  availabilityRule('POOL-6', (text) => !text.endsWith('%'), 'a share ends with %'),
  availabilityRule(
    'POOL-7',
    (text) => text.endsWith('%') && shareOf(text) === undefined,
    'a share is a whole number',
  ),
  availabilityRule(
    'POOL-8',
    (text) => {
      const share = text.endsWith('%') ? shareOf(text) : undefined;
      return share !== undefined && (share <= 0 || share > 100);
    },
    'a share is above 0% and at most 100%',
  ),
  {
    id: 'POOL-9',
    *check({ pool: { spec } }) {
      const { maxUnavailable } = spec;
      if (typeof maxUnavailable === 'number' && maxUnavailable <= 0)
        yield invalid('spec.maxUnavailable', 'a number must be above 0');
    },
  },
];

const poolRules: readonly Rule<PoolWrite>[] = [
  {
    id: 'POOL-4',
    check: ({ pool: { spec } }) =>
      invalidSelector(selectorMatch(spec.selector, spec.virtualMachineTemplate.metadata)),
  },
  {
    id: 'POOL-5',
    check: ({ pool: { spec } }) =>
      differingSelector(selectorMatch(spec.selector, spec.virtualMachineTemplate.metadata)),
  },
  ...availabilityRules,
  ...(
    [
      ['POOL-10', 'updateStrategy'],
      ['POOL-11', 'scaleInStrategy'],
    ] as const
  ).map(([id, member]): Rule<PoolWrite> => ({
    id,
    *check({ pool: { spec } }) {
      const strategy = spec[member] ?? {};
      if (strategies.filter((name) => strategy[name] !== undefined).length > 1)
        yield invalid(`spec.${member}`, `only one of ${strategies.join(', ')} can be set`);
    },
  })),
  {
    id: 'POOL-12',
    *check({ pool, before }) {
      if (before === undefined || before === 'unreadable') return;
      if (!semanticallyEqual(LabelSelectorSchema, before.spec.selector, pool.spec.selector))
        yield invalid('spec.selector', 'the selector cannot be changed');
    },
  },
  {
    id: 'POOL-13',
    *check({ before }) {
      if (before === 'unreadable') yield unexpected(undefined, 'the stored pool cannot be read');
    },
  },
  {
    id: 'POOL-14',
    *check({ pool: { spec }, before, configuration }) {
      const instance = spec.virtualMachineTemplate.spec?.template?.spec;
      if (before !== undefined || instance === undefined) return;
      const subject = { spec: instance, root, configuration };
      for (const { rule: _rule, ...objection } of applyRules(discontinuedGateRules, subject)) yield objection;
    },
  },
];

/**
 * Findings of a pool. Its machines are judged as machines are, but as they are written: without defaults and without what they
 * refer to (KubeVirt rule POOL-3).
 */
export function poolFindings(write: PoolWrite): readonly Finding[] {
  const without = applyRules(templateRules, write);
  if (without.length > 0) return without;
  const { pool, trusted, configuration } = write;
  const spec = pool.spec.virtualMachineTemplate.spec ?? emptySpec;
  return [...machineSpecFindings({ spec, root, trusted, configuration }), ...applyRules(poolRules, write)];
}

/** A machine that says nothing; that it has no template is for the rules to find. */
const emptySpec = {} as VirtualMachineSpec;

function availabilityRule(id: string, offends: (text: string) => boolean, message: string): Rule<PoolWrite> {
  return {
    id,
    *check({ pool: { spec } }) {
      const { maxUnavailable } = spec;
      if (typeof maxUnavailable === 'string' && offends(maxUnavailable))
        yield invalid('spec.maxUnavailable', message);
    },
  };
}

/** The number before the percent sign; undefined when it is none. */
function shareOf(text: string): number | undefined {
  const digits = text.slice(0, -1);
  return /^[+-]?\d+$/.test(digits) ? Number(digits) : undefined;
}
