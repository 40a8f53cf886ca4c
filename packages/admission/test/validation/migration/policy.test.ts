import type { MigrationPolicy, StallDetectorOptions } from '@virtkit/core-types';
import { migrationPolicyFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { withGates } from '../instance-update/changes.ts';

interface Write {
  readonly spec: Omit<MigrationPolicy['spec'], 'selectors'>;
  readonly before?: Omit<MigrationPolicy['spec'], 'selectors'>;
  readonly gates?: readonly string[];
}

const policy = (spec: Write['spec']): MigrationPolicy => ({
  metadata: { name: 'policy' },
  spec: { ...spec, selectors: {} },
});
const detection = ['MigrationStallDetection'];
const tuning = ['MigrationDowntimeTuning'];
const stall = (stallDetector: StallDetectorOptions): Write => ({
  spec: { experimental: { stallDetector } },
  gates: detection,
});
const downtimeTuning = { initialMs: 100 };
const stallDetector = 'spec.experimental.stallDetector';

const rows: readonly Sides<Write>[] = [
  {
    id: 'MP-1',
    refuses: { spec: { completionTimeoutPerGiB: -1 } },
    accepts: { spec: { completionTimeoutPerGiB: 0 } },
    reason: 'I',
    fields: ['spec.completionTimeoutPerGiB'],
  },
  {
    id: 'MP-2',
    refuses: { spec: { maxDowntimeMs: 500 } },
    accepts: { spec: { maxDowntimeMs: 500 }, before: { maxDowntimeMs: 500 } },
    reason: 'I',
    fields: ['spec.maxDowntimeMs'],
  },
  {
    id: 'MP-3',
    refuses: { spec: { experimental: { downtimeTuning } }, gates: detection },
    accepts: { spec: { experimental: { downtimeTuning } }, gates: tuning },
    reason: 'I',
    fields: ['spec.experimental.downtimeTuning'],
  },
  {
    id: 'MP-4',
    refuses: {
      spec: { experimental: { downtimeTuning, stallDetector: {} } },
      gates: [...detection, ...tuning],
    },
    accepts: { spec: { experimental: { downtimeTuning } }, gates: [...detection, ...tuning] },
    reason: 'I',
    fields: ['spec.experimental'],
  },
  {
    id: 'MP-5',
    refuses: { spec: { experimental: { stallDetector: {} } }, gates: tuning },
    accepts: {
      spec: { experimental: { stallDetector: {} } },
      before: { experimental: { stallDetector: {} } },
      gates: tuning,
    },
    reason: 'I',
    fields: [stallDetector],
  },
  {
    id: 'MP-6',
    refuses: stall({ ewmaAlpha: '0' }),
    accepts: stall({ ewmaAlpha: '1' }),
    reason: 'I',
    fields: [`${stallDetector}.ewmaAlpha`],
  },
  {
    id: 'MP-7',
    refuses: stall({ precopyPossibleFactor: '0.999' }),
    accepts: stall({ precopyPossibleFactor: 1 }),
    reason: 'I',
    fields: [`${stallDetector}.precopyPossibleFactor`],
  },
  {
    id: 'MP-8',
    refuses: stall({ patienceWindowDecayFactor: '1.001' }),
    accepts: stall({ patienceWindowDecayFactor: 0 }),
    reason: 'I',
    fields: [`${stallDetector}.patienceWindowDecayFactor`],
  },
  {
    id: 'MP-9',
    refuses: stall({ completionTimeoutFactor: '0.5' }),
    accepts: stall({ completionTimeoutFactor: '1.5' }),
    reason: 'I',
    fields: [`${stallDetector}.completionTimeoutFactor`],
  },
  {
    id: 'MP-10',
    refuses: stall({ completionTimeoutFactor: '1.2345', precopyPossibleFactor: -2 }),
    accepts: stall({ completionTimeoutFactor: '1.234', precopyPossibleFactor: 2 }),
    reason: 'I',
    fields: [`${stallDetector}.precopyPossibleFactor`, `${stallDetector}.completionTimeoutFactor`],
  },
  {
    id: 'MP-11',
    refuses: { spec: { bandwidthPerMigration: '-1Mi' } },
    accepts: { spec: { bandwidthPerMigration: '0Mi' } },
    reason: 'I',
    fields: ['spec.bandwidthPerMigration'],
  },
];

testSides('migration policies', rows, ({ spec, before, gates = [] }) =>
  migrationPolicyFindings({
    policy: policy(spec),
    before: before === undefined ? undefined : policy(before),
    configuration: withGates(...gates),
  }),
);
