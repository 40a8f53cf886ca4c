import { jsonEqual, Quantity, type MigrationPolicy, type StallDetectorOptions } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { invalid, type Finding, type Objection } from '../finding.ts';
import { applyRules, type Rule } from '../rule.ts';

/** A migration policy that is created or changed. */
export interface MigrationPolicyWrite {
  readonly policy: MigrationPolicy;
  /** As stored; undefined when the policy is being created. */
  readonly before: MigrationPolicy | undefined;
  readonly configuration: ClusterConfiguration;
}

type Factor = 'ewmaAlpha' | 'precopyPossibleFactor' | 'patienceWindowDecayFactor' | 'completionTimeoutFactor';
const detector = 'spec.experimental.stallDetector';
/** Smallest step of a factor is a thousandth; how far floating point may be off one. */
const tolerance = 1e-9;

function factorRule(id: string, name: Factor, fits: (value: number) => boolean, range: string) {
  return {
    id,
    *check({ policy }: MigrationPolicyWrite): Iterable<Objection> {
      const value = factorOf(policy.spec.experimental?.stallDetector, name);
      if (value !== undefined && !fits(value)) yield invalid(`${detector}.${name}`, `must be ${range}`);
    },
  };
}

/** Settings of live migration for some instances. */
const rules: readonly Rule<MigrationPolicyWrite>[] = [
  {
    id: 'MP-1',
    *check({ policy: { spec } }) {
      if ((spec.completionTimeoutPerGiB ?? 0) < 0)
        yield invalid('spec.completionTimeoutPerGiB', 'a time cannot be negative');
    },
  },
  {
    id: 'MP-2',
    *check({ policy: { spec }, before, configuration: { gates } }) {
      const { maxDowntimeMs } = spec;
      if (maxDowntimeMs === undefined || maxDowntimeMs === before?.spec.maxDowntimeMs) return;
      if (!gates.has('MigrationStallDetection') && !gates.has('MigrationDowntimeTuning'))
        yield invalid(
          'spec.maxDowntimeMs',
          'the feature gates MigrationStallDetection and MigrationDowntimeTuning are off',
        );
    },
  },
  {
    id: 'MP-3',
    *check({ policy, before, configuration }) {
      const tuning = policy.spec.experimental?.downtimeTuning;
      if (tuning === undefined || jsonEqual(tuning, before?.spec.experimental?.downtimeTuning)) return;
      if (!configuration.gates.has('MigrationDowntimeTuning'))
        yield invalid('spec.experimental.downtimeTuning', 'the feature gate MigrationDowntimeTuning is off');
    },
  },
  {
    id: 'MP-4',
    *check({ policy }) {
      const { stallDetector, downtimeTuning } = policy.spec.experimental ?? {};
      if (stallDetector !== undefined && downtimeTuning !== undefined)
        yield invalid('spec.experimental', 'stallDetector and downtimeTuning exclude each other');
    },
  },
  {
    id: 'MP-5',
    *check({ policy, before, configuration }) {
      const stall = policy.spec.experimental?.stallDetector;
      if (stall === undefined || jsonEqual(stall, before?.spec.experimental?.stallDetector)) return;
      if (!configuration.gates.has('MigrationStallDetection'))
        yield invalid(detector, 'the feature gate MigrationStallDetection is off');
    },
  },
  factorRule('MP-6', 'ewmaAlpha', (value) => value > 0 && value <= 1, 'above 0 and at most 1'),
  factorRule('MP-7', 'precopyPossibleFactor', (value) => value >= 1, 'at least 1'),
  factorRule('MP-8', 'patienceWindowDecayFactor', (value) => value >= 0 && value <= 1, 'between 0 and 1'),
  factorRule('MP-9', 'completionTimeoutFactor', (value) => value >= 1, 'at least 1'),
  {
    id: 'MP-10',
    *check({ policy }) {
      for (const name of factors) {
        const value = factorOf(policy.spec.experimental?.stallDetector, name);
        if (value === undefined) continue;
        const thousandths = value * 1000;
        if (value < 0 || Math.abs(thousandths - Math.round(thousandths)) > tolerance)
          yield invalid(`${detector}.${name}`, 'must be positive, with three decimal places at most');
      }
    },
  },
  {
    id: 'MP-11',
    *check({ policy: { spec } }) {
      const { bandwidthPerMigration } = spec;
      if (bandwidthPerMigration !== undefined && Quantity.parse(bandwidthPerMigration).isNegative())
        yield invalid('spec.bandwidthPerMigration', 'a bandwidth cannot be negative');
    },
  },
];

const factors: readonly Factor[] = [
  'ewmaAlpha',
  'precopyPossibleFactor',
  'patienceWindowDecayFactor',
  'completionTimeoutFactor',
];

/** Findings of a migration policy. */
export function migrationPolicyFindings(write: MigrationPolicyWrite): readonly Finding[] {
  return applyRules(rules, write);
}

function factorOf(options: StallDetectorOptions | undefined, name: Factor): number | undefined {
  const value = options?.[name];
  return value === undefined ? undefined : Quantity.parse(value).toNumber();
}
