import type {
  CPU,
  Devices,
  DomainSpec,
  KubeVirtConfiguration,
  VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import { clusterConfiguration, type Architecture, type ClusterConfiguration } from '../../src/index.ts';
import { instanceFindings } from '../../src/validation/instance/index.ts';
import { testSides, type Sides } from './sides.ts';

/** What a row of a table says of a spec; the rest of it is empty. */
export type SpecParts = Omit<Partial<VirtualMachineInstanceSpec>, 'domain'> & {
  readonly domain?: Partial<DomainSpec>;
};

/** A spec for a cluster of its own. */
export interface Placed {
  readonly parts: SpecParts;
  readonly configuration: ClusterConfiguration;
}

/** A cluster whose KubeVirt object says this. */
export function cluster(
  configuration: KubeVirtConfiguration,
  architecture: Architecture = 'amd64',
): ClusterConfiguration {
  const kubevirt = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { name: 'kubevirt' },
    spec: { configuration },
  };
  return clusterConfiguration(kubevirt, { architecture });
}

/** A cluster that lists these feature gates as on. */
export const withGates = (...featureGates: string[]): ClusterConfiguration =>
  cluster({ developerConfiguration: { featureGates } });

/** A cluster that lists these feature gates as off. */
export const withoutGates = (...disabledFeatureGates: string[]): ClusterConfiguration =>
  cluster({ developerConfiguration: { disabledFeatureGates } });

export const inDomain = (domain: Partial<DomainSpec>): SpecParts => ({ domain });
export const withCpu = (cpu: CPU, domain: Partial<DomainSpec> = {}): SpecParts => ({
  domain: { ...domain, cpu },
});
export const withDevices = (devices: Devices): SpecParts => ({ domain: { devices } });

/** A spec in which only the given parts are set. */
export function specOf({ domain, ...parts }: SpecParts): VirtualMachineInstanceSpec {
  return { ...parts, domain: { devices: {}, ...domain } };
}

/** Tests both sides of rules for an instance's spec, whose path is `S`, as it stands in the facts' tables. */
export function testInstanceSides(topic: string, rows: readonly Sides<SpecParts | Placed>[]): void {
  testSides(topic, rows, (given) => {
    const { parts, configuration } =
      'parts' in given ? given : { parts: given, configuration: clusterConfiguration() };
    return instanceFindings({ spec: specOf(parts), root: 'S', configuration });
  });
}
