import { jsonEqual, type DeveloperConfiguration } from '@virtkit/core-types';
import { featureGates, type FeatureGate, type FeatureGateState } from './feature-gates.ts';

const deprecationPolicy = 'https://github.com/kubevirt/kubevirt/blob/main/docs/deprecation.md';

/** What each state that ends a gate's life is called. */
const ended: Readonly<Partial<Record<FeatureGateState, string>>> = {
  GA: 'General Availability',
  Deprecated: 'Deprecated',
  Discontinued: 'Discontinued',
};

/** What to do instead of listing a gate, where there is something to say. */
const advice: Readonly<Partial<Record<FeatureGate, string>>> = {
  DockerSELinuxMCSWorkaround:
    'DockerSELinuxMCSWorkaround has been deprecated since v1.4: container runtimes no longer need it.',
  ExperimentalVirtiofsSupport:
    'ExperimentalVirtiofsSupport was split up in v1.7: list EnableVirtioFsStorageVolumes for claims; ' +
    'config maps, secrets and the like need no gate.',
  Passt: 'Passt was discontinued in v1.3: use the passt binding instead of the passt interface.',
  Macvtap: 'Macvtap was discontinued in v1.3: use the macvtap network binding plug-in.',
  PasstIPStackMigration:
    'PasstIPStackMigration was discontinued in v1.8: the passt binding keeps connections itself.',
  MultiArchitecture:
    'MultiArchitecture has been deprecated since v1.8: clusters of several architectures need no gate.',
  DisableMDEVConfiguration:
    'DisableMDEVConfiguration has been deprecated since v1.8: set mediatedDevicesConfiguration.enabled to false.',
  HotplugVolumes:
    'HotplugVolumes has been deprecated since v1.9: volumes are plugged in through the spec of the virtual machine.',
};

/** What an administrator is told about a gate that is listed; empty for alpha and beta, whose listing means something. */
export function featureGateMessage(gate: FeatureGate): string {
  const state = ended[featureGates[gate]];
  if (state === undefined) return '';
  return (
    advice[gate] ??
    `feature gate ${gate} is deprecated (state: ${state}) and listing it changes nothing; see ${deprecationPolicy}`
  );
}

/**
 * Warnings of an update of the KubeVirt object: one for each registered gate that is listed, when the lists changed and the
 * new object has a developer configuration. Alpha and beta gates give an empty text, as in KubeVirt.
 */
export function featureGateWarnings(
  before: DeveloperConfiguration | undefined,
  after: DeveloperConfiguration | undefined,
): readonly string[] {
  if (!gateListsChanged(before, after)) return [];
  return (after?.featureGates ?? []).filter(isRegistered).map(featureGateMessage);
}

/** Whether an update changes which gates are listed as on or off; never when the new object has no developer configuration. */
export function gateListsChanged(
  before: DeveloperConfiguration | undefined,
  after: DeveloperConfiguration | undefined,
): boolean {
  if (after === undefined) return false;
  return !(
    jsonEqual(before?.featureGates ?? [], after.featureGates ?? []) &&
    jsonEqual(before?.disabledFeatureGates ?? [], after.disabledFeatureGates ?? [])
  );
}

function isRegistered(name: string): name is FeatureGate {
  return Object.hasOwn(featureGates, name);
}
