import { TypedLocalObjectReferenceSchema, VirtualMachineRestoreSpecSchema } from '@virtkit/core-types';
import { invalid, refused, required, type Finding } from '../finding.ts';
import { applyRules } from '../rule.ts';
import { semanticallyEqual } from '../semantic-equality.ts';
import type { RestoreRule, RestoreWrite } from './subject.ts';
import { machineTargetFindings, targetRules } from './target.ts';

const restorePolicies = ['InPlace', 'RandomizeNames', 'PrefixTargetName'];
const ownershipPolicies = ['Vm', 'None'];

const gateRules: readonly RestoreRule[] = [
  {
    id: 'RST-01',
    *check({ before, configuration }) {
      if (before === undefined && !configuration.gates.has('Snapshot'))
        yield refused(400, 'the feature gate Snapshot is off');
    },
  },
];

const volumeRules: readonly RestoreRule[] = [
  {
    id: 'RST-09',
    *check({ restore }) {
      for (const [index, { volumeName }] of (restore.spec.volumeRestoreOverrides ?? []).entries())
        if (!volumeName)
          yield required(`spec.volumeRestoreOverrides[${index}].volumeName`, 'the volume must be named');
    },
  },
  {
    id: 'RST-10',
    *check({ restore }) {
      for (const [index, override] of (restore.spec.volumeRestoreOverrides ?? []).entries()) {
        const { restoreName, annotations = {}, labels = {} } = override;
        const keys = [...Object.keys(annotations), ...Object.keys(labels)];
        if (!restoreName && keys.length === 0)
          yield required(
            `spec.volumeRestoreOverrides[${index}]`,
            'a name, labels or annotations must be given',
          );
      }
    },
  },
  {
    id: 'RST-11',
    *check({ restore: { spec } }) {
      const { volumeRestorePolicy: policy } = spec;
      if (policy !== undefined && !restorePolicies.includes(policy))
        yield invalid('spec.volumeRestorePolicy', `"${policy}" is not one of ${restorePolicies.join(', ')}`);
    },
  },
  {
    id: 'RST-12',
    *check({ restore: { spec } }) {
      const { volumeOwnershipPolicy: policy } = spec;
      if (policy !== undefined && !ownershipPolicies.includes(policy))
        yield invalid(
          'spec.volumeOwnershipPolicy',
          `"${policy}" is not one of ${ownershipPolicies.join(', ')}`,
        );
    },
  },
  {
    id: 'RST-13',
    *check({ restore, others }) {
      const running = others.find(
        ({ spec, status }) =>
          status?.complete !== true &&
          semanticallyEqual(TypedLocalObjectReferenceSchema, spec.target, restore.spec.target),
      );
      if (running !== undefined)
        yield invalid(
          'spec.target',
          `restore "${running.metadata.name ?? ''}" of the machine is still going on`,
        );
    },
  },
];

const updateRules: readonly RestoreRule[] = [
  {
    id: 'RST-14',
    *check({ restore, before }) {
      if (!semanticallyEqual(VirtualMachineRestoreSpecSchema, before?.spec, restore.spec))
        yield invalid('spec', 'the spec of a restore cannot be changed');
    },
  },
];

/** Findings of a restore. Whether its target runs is not looked at. */
export function restoreFindings(write: RestoreWrite): readonly Finding[] {
  if (write.before !== undefined) return applyRules(updateRules, write);
  const gate = applyRules(gateRules, write);
  if (gate.length > 0) return gate;
  return [
    ...applyRules(targetRules, write),
    ...machineTargetFindings(write),
    ...applyRules(volumeRules, write),
  ];
}
