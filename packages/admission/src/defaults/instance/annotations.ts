import { annotations, type VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { withPciTopology } from '../pcie.ts';

type Annotations = Readonly<Record<string, string>>;

/** The annotations of a new instance: what the node must know of the cluster's settings. */
export function instanceAnnotations(
  given: Annotations | undefined,
  spec: VirtualMachineInstanceSpec,
  configuration: ClusterConfiguration,
): Record<string, string> | undefined {
  const added = { ...evenParity(spec, configuration), ...quoteService(spec, configuration) };
  const placed = withPciTopology(given, spec);
  return Object.keys(added).length === 0 ? placed : { ...placed, ...added };
}

/** An isolated emulator thread is given a CPU more, so that their number is even, where the cluster wants that. */
function evenParity(
  spec: VirtualMachineInstanceSpec,
  { annotations: cluster, gates }: ClusterConfiguration,
): Annotations {
  const wanted =
    spec.domain.cpu?.isolateEmulatorThread === true &&
    gates.has('AlignCPUs') &&
    Object.hasOwn(cluster, annotations.emulatorThreadEvenParity);
  return wanted ? { [annotations.emulatorThreadEvenParity]: '' } : {};
}

/** Where TDX guests find the service that signs quotes about them. */
function quoteService(spec: VirtualMachineInstanceSpec, { values }: ClusterConfiguration): Annotations {
  const path = values.confidentialCompute.tdx.attestation.qgsSocketPath;
  return spec.domain.launchSecurity?.tdx !== undefined && path !== ''
    ? { [annotations.qgsSocketPath]: path }
    : {};
}
