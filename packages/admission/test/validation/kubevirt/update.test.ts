import type { KubeVirt, KubeVirtConfiguration } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import {
  denialOf,
  kubeVirtUpdateFindings,
  kubeVirtUpdateWarnings,
  placementOf,
  unlimitedDenialOf,
} from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';

interface Change {
  readonly before?: KubeVirt['spec'];
  readonly after: KubeVirt['spec'];
}

const kubevirt = (spec: KubeVirt['spec']): KubeVirt => ({ metadata: { name: 'kubevirt' }, spec });
const update = ({ before = {}, after }: Change) => ({ before: kubevirt(before), after: kubevirt(after) });
const judge = (change: Change) => kubeVirtUpdateFindings(update(change));

const set = (configuration: KubeVirtConfiguration): Change => ({ after: { configuration } });
const kept = (configuration: KubeVirtConfiguration): Change => ({
  before: { configuration },
  after: { configuration },
});
const gates = (featureGates: string[], disabledFeatureGates: string[] = []): KubeVirtConfiguration => ({
  developerConfiguration: { featureGates, disabledFeatureGates },
});
const off = (...names: string[]) => gates([], names);
type SelfSigned = NonNullable<NonNullable<KubeVirt['spec']['certificateRotateStrategy']>['selfSigned']>;
const certificates = (selfSigned: SelfSigned): Change => ({
  after: { certificateRotateStrategy: { selfSigned } },
});
const patch = (text: string): Change => ({
  after: {
    customizeComponents: {
      patches: [{ patch: text, resourceName: 'virt-api', resourceType: 'Deployment', type: 'json' }],
    },
  },
});
const tls = (
  minTLSVersion: 'VersionTLS12' | 'VersionTLS13',
  ...ciphers: string[]
): KubeVirtConfiguration => ({
  tlsConfiguration: { minTLSVersion, ciphers },
});
const good = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256';
const seccomp = (customProfile?: { localhostProfile?: string; runtimeDefaultProfile?: boolean }) =>
  set({
    seccompConfiguration: {
      virtualMachineInstanceProfile: customProfile === undefined ? {} : { customProfile },
    },
  });
const profile = 'spec.configuration.seccompConfiguration.virtualMachineInstanceProfile.customProfile';
const downtime: KubeVirtConfiguration = { migrations: { maxDowntimeMs: 500 } };

const rows: readonly Sides<Change>[] = [
  { id: 'KVU-01', refuses: patch('{'), accepts: patch('[]'), reason: 'N', fields: [undefined] },
  {
    id: 'KVU-02',
    refuses: certificates({ caRotateInterval: '168h', server: { duration: '24h' } }),
    accepts: certificates({ caRotateInterval: '168h', certRotateInterval: '24h' }),
    reason: 'N',
    fields: [undefined],
  },
  {
    id: 'KVU-03',
    refuses: certificates({ ca: { duration: '48h', renewBefore: '48h0m1s' } }),
    accepts: certificates({ ca: { duration: '48h', renewBefore: '48h' } }),
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'KVU-04',
    refuses: certificates({ server: { renewBefore: '24h1s' } }),
    accepts: certificates({ server: { renewBefore: '24h' } }),
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'KVU-05',
    refuses: certificates({ server: { duration: '169h' } }),
    accepts: certificates({ server: { duration: '168h' } }),
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'KVU-06',
    refuses: set({ additionalGuestMemoryOverheadRatio: '1,5' }),
    accepts: set({ additionalGuestMemoryOverheadRatio: '1.5e0' }),
    reason: 'N',
    fields: [undefined],
  },
  {
    id: 'KVU-07',
    refuses: set({ additionalGuestMemoryOverheadRatio: '0.99' }),
    accepts: set({ additionalGuestMemoryOverheadRatio: '1' }),
    reason: 'N',
    fields: [undefined],
  },
  {
    id: 'KVU-08',
    refuses: set({ ...off('Template'), virtTemplateDeployment: { enabled: true } }),
    accepts: set({ virtTemplateDeployment: { enabled: true } }),
    reason: 'I',
    fields: ['spec.configuration.virtTemplateDeployment.enabled'],
  },
  {
    id: 'KVU-09',
    refuses: set({ ...off('OptOutRoleAggregation'), roleAggregationStrategy: 'Manual' }),
    accepts: set({ roleAggregationStrategy: 'Manual' }),
    reason: 'I',
    fields: ['spec.configuration.roleAggregationStrategy'],
  },
  {
    id: 'KVU-10',
    refuses: set(downtime),
    // The gate is looked for in the object as it will be.
    accepts: set({ ...downtime, ...gates(['MigrationDowntimeTuning']) }),
    reason: 'I',
    fields: ['spec.configuration.migrationConfiguration.maxDowntimeMs'],
  },
  {
    id: 'KVU-11',
    refuses: set(tls('VersionTLS13', good)),
    accepts: set(tls('VersionTLS12', good)),
    reason: 'N',
    fields: ['spec.configuration.tlsConfiguration.ciphers'],
  },
  {
    id: 'KVU-12',
    refuses: set(tls('VersionTLS12', good, 'AES128-SHA')),
    // What stands there already is not looked at.
    accepts: kept(tls('VersionTLS12', good, 'AES128-SHA')),
    reason: 'N',
    fields: ['spec.configuration.tlsConfiguration.ciphers#1'],
  },
  { id: 'KVU-15', refuses: seccomp(), accepts: seccomp({}), reason: 'I', fields: [profile] },
  {
    id: 'KVU-16',
    refuses: seccomp({ localhostProfile: 'p', runtimeDefaultProfile: true }),
    accepts: seccomp({ localhostProfile: 'p', runtimeDefaultProfile: false }),
    reason: 'I',
    fields: [`${profile}.localhostProfile`, `${profile}.runtimeDefaultProfile`],
  },
  {
    id: 'KVU-17',
    refuses: { after: { infra: { replicas: 0 } } },
    accepts: { after: { infra: { replicas: 1 } } },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'KVU-18',
    refuses: set(gates(['Sidecar'], ['Sidecar'])),
    accepts: kept(gates(['Sidecar'], ['Sidecar'])),
    reason: 'F',
    fields: ['spec.configuration.developerConfiguration.featureGates'],
  },
];

testSides(
  'a change of the KubeVirt object',
  rows.map((row) => ({ ...row, alone: true })),
  judge,
);

describe('what is asked of the API server', () => {
  const placement = { infra: 'spec.nodeSelector: is wrong', workloads: undefined };

  test('KVU-13: a placement of the infrastructure that it refuses is refused', () => {
    const findings = kubeVirtUpdateFindings({ ...update({ after: {} }), placement });
    expect(findings).toEqual([{ rule: 'KVU-13', reason: 'FieldValueInvalid', message: placement.infra }]);
  });

  test('KVU-14: a placement of the workloads that it refuses is refused', () => {
    const findings = kubeVirtUpdateFindings({ ...update({ after: {} }), placement: { workloads: 'no' } });
    expect(findings).toEqual([{ rule: 'KVU-14', reason: 'FieldValueInvalid', message: 'no' }]);
  });

  test('it is asked about what changes', () => {
    const nodePlacement = { nodeSelector: { a: 'b' } };
    const change = update({ after: { infra: { nodePlacement } } });
    expect(placementOf(change, 'infra')).toEqual({ changed: true, placement: nodePlacement });
    expect(placementOf(change, 'workloads')).toEqual({ changed: false, placement: undefined });
  });
});

test('a lifetime that cannot be read refuses the request as a whole', () => {
  const { denied } = denialOf(judge(certificates({ ca: { duration: 'a week' } })));
  expect(denied).toMatchObject({ code: 400 });
});

test('every cause of a change is told', () => {
  const names = Array.from({ length: 12 }, (_, index) => `Gate${index}`);
  expect(unlimitedDenialOf(judge(set(gates(names, names)))).denied?.causes).toHaveLength(12);
});

test('gates that do nothing and deprecated settings are warned of', () => {
  const warnings = kubeVirtUpdateWarnings(
    update(
      set({
        ...gates(['LiveMigration', 'Unheard']),
        architectureConfiguration: { ppc64le: {} },
        mediatedDevicesConfiguration: {
          mediatedDevicesTypes: ['a'],
          nodeMediatedDeviceTypes: [{ nodeSelector: {}, mediatedDevicesTypes: ['b'] }],
        },
      }),
    ),
  );
  expect(warnings).toHaveLength(4);
  expect(kubeVirtUpdateWarnings(update({ after: {} }))).toEqual([]);
});
