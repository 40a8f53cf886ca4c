import { jsonEqual, type CustomProfile } from '@virtkit/core-types';
import { enabledGates, gateListsChanged, type FeatureGate } from '../../configuration/index.ts';
import { forbidden, invalid, notSupported } from '../finding.ts';
import { configurationsOf, type KubeVirtUpdate, type KubeVirtUpdateRule } from './subject.ts';

const root = 'spec.configuration';
const profile = `${root}.seccompConfiguration.virtualMachineInstanceProfile.customProfile`;

/** A factor on the memory overhead. */
export const ratioRules: readonly KubeVirtUpdateRule[] = [
  {
    id: 'KVU-06',
    *check(update) {
      const ratio = configurationsOf(update).after.additionalGuestMemoryOverheadRatio;
      if (ratio !== undefined && !isFloat(ratio)) yield notSupported(undefined, `"${ratio}" is not a number`);
    },
  },
  {
    id: 'KVU-07',
    *check(update) {
      const ratio = configurationsOf(update).after.additionalGuestMemoryOverheadRatio;
      if (ratio !== undefined && Number(ratio) < 1)
        yield notSupported(undefined, 'the ratio of the memory overhead cannot be below 1');
    },
  },
];

/** Settings that need a feature gate, of the object as it will be. */
export const gatedSettingRules: readonly KubeVirtUpdateRule[] = [
  {
    id: 'KVU-08',
    *check(update) {
      if (
        configurationsOf(update).after.virtTemplateDeployment?.enabled === true &&
        !isOn(update, 'Template')
      )
        yield invalid(`${root}.virtTemplateDeployment.enabled`, 'the feature gate Template is off');
    },
  },
  {
    id: 'KVU-09',
    *check(update) {
      const manual = configurationsOf(update).after.roleAggregationStrategy === 'Manual';
      if (manual && !isOn(update, 'OptOutRoleAggregation'))
        yield invalid(`${root}.roleAggregationStrategy`, 'the feature gate OptOutRoleAggregation is off');
    },
  },
  {
    id: 'KVU-10',
    *check(update) {
      const { before, after } = configurationsOf(update);
      const wanted = after.migrations?.maxDowntimeMs;
      if (wanted === undefined || wanted === before.migrations?.maxDowntimeMs) return;
      if (!isOn(update, 'MigrationStallDetection') && !isOn(update, 'MigrationDowntimeTuning'))
        yield invalid(
          `${root}.migrationConfiguration.maxDowntimeMs`,
          'the feature gates MigrationStallDetection and MigrationDowntimeTuning are off',
        );
    },
  },
];

/** The seccomp profile of launchers; looked at when it changes. */
export const seccompRules: readonly KubeVirtUpdateRule[] = [
  {
    id: 'KVU-15',
    *check(update) {
      const launchers = changedProfile(update);
      if (launchers !== undefined && launchers.customProfile === undefined)
        yield invalid(profile, 'the profile must be given');
    },
  },
  {
    id: 'KVU-16',
    *check(update) {
      const { localhostProfile, runtimeDefaultProfile } = changedProfile(update)?.customProfile ?? {};
      if (localhostProfile === undefined || runtimeDefaultProfile !== true) return;
      const message = 'a profile of the node and the default of the runtime exclude each other';
      yield invalid(`${profile}.localhostProfile`, message);
      yield invalid(`${profile}.runtimeDefaultProfile`, message);
    },
  },
];

export const gateListRules: readonly KubeVirtUpdateRule[] = [
  {
    id: 'KVU-18',
    *check(update) {
      const { before, after } = configurationsOf(update);
      if (!gateListsChanged(before.developerConfiguration, after.developerConfiguration)) return;
      const { featureGates = [], disabledFeatureGates = [] } = after.developerConfiguration ?? {};
      for (const gate of featureGates)
        if (disabledFeatureGates.includes(gate))
          yield forbidden(
            `${root}.developerConfiguration.featureGates`,
            `feature gate ${gate} is both on and off`,
          );
    },
  },
];

function isOn(update: KubeVirtUpdate, gate: FeatureGate): boolean {
  return enabledGates(configurationsOf(update).after.developerConfiguration).has(gate);
}

function changedProfile(
  update: KubeVirtUpdate,
): { readonly customProfile?: CustomProfile | undefined } | undefined {
  const { before, after } = configurationsOf(update);
  if (jsonEqual(before.seccompConfiguration, after.seccompConfiguration)) return undefined;
  return after.seccompConfiguration?.virtualMachineInstanceProfile;
}

/** A number as Go reads it: decimal, infinite, or none at all. */
function isFloat(text: string): boolean {
  return /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf|infinity|nan)$/i.test(text);
}
