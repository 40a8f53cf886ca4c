import type { CompleteConfiguration } from './built-in.ts';

/** Why a configuration cannot be in force. */
export interface ConfigurationFault {
  /** Path of the member below `spec.configuration`. */
  readonly path: string;
  readonly message: string;
}

const pullPolicies = ['', 'Always', 'Never', 'IfNotPresent'];
const defaultInterfaces = ['', 'bridge', 'slirp', 'masquerade'];

/**
 * What makes a merged configuration unusable (KubeVirt defaulting facts, resolution of the configuration). With any of these
 * the last usable configuration stays in force.
 */
export function configurationFaults(values: CompleteConfiguration): readonly ConfigurationFault[] {
  const { developerConfiguration: developer, imagePullPolicy, network } = values;
  const { memoryOvercommit, cpuAllocationRatio, pvcTolerateLessSpaceUpToPercent: tolerated } = developer;
  const checks: readonly [boolean, string, string][] = [
    [pullPolicies.includes(imagePullPolicy), 'imagePullPolicy', `there is no pull policy ${imagePullPolicy}`],
    [memoryOvercommit > 0, 'developerConfiguration.memoryOvercommit', 'must be above 0'],
    [cpuAllocationRatio > 0, 'developerConfiguration.cpuAllocationRatio', 'must be above 0'],
    [
      tolerated >= 0 && tolerated <= 100,
      'developerConfiguration.pvcTolerateLessSpaceUpToPercent',
      'must be between 0 and 100',
    ],
    [
      defaultInterfaces.includes(network.defaultNetworkInterface),
      'network.defaultNetworkInterface',
      `there is no default interface ${network.defaultNetworkInterface}`,
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, path, message]) => ({ path, message }));
}
