import { Quantity, type KubeVirt, type KubeVirtConfiguration } from '@virtkit/core-types';
import { clusterConfiguration } from '@virtkit/controllers';

/** What admission takes from the KubeVirt object; everything has a default, so there need not be one. */
export interface AdmissionConfiguration {
  /** Architecture of instances that name none. */
  readonly architecture: string;
  readonly machineType: string;
  /** Machine types that may be asked for, as shell patterns. */
  readonly emulatedMachines: readonly string[];
  readonly cpuModel: string;
  /** CPU request of instances that name none; undefined leaves it to the controllers. */
  readonly cpuRequest: string | number | undefined;
  readonly evictionStrategy: string;
  /** Binding of the interface that instances without networks get. */
  readonly defaultNetworkInterface: string;
  readonly liveUpdate: boolean;
  /** The hypervisor of instances that name none. */
  readonly defaultHypervisor: string;
  /** Hypervisors that instances may name. */
  readonly hypervisors: readonly string[];
}

/** KubeVirt's CPU request when nobody chooses one; the controllers apply it. */
const builtInCpuRequest = Quantity.parse('100m');

/**
 * The configuration of a KubeVirt object, with KubeVirt's defaults where it is silent. One default differs: the interface
 * of instances that name no network is masqueraded, where KubeVirt's is bridged, because the bridge binding is not carried.
 */
export function admissionConfiguration(
  kubevirt: KubeVirt | undefined,
  hypervisors: readonly string[],
): AdmissionConfiguration {
  const configuration: KubeVirtConfiguration = kubevirt?.spec?.configuration ?? {};
  const amd64 = configuration.architectureConfiguration?.amd64 ?? {};
  const { cpuRequest } = configuration;
  return {
    architecture: 'amd64',
    machineType: given(configuration.machineType) ?? given(amd64.machineType) ?? 'q35',
    emulatedMachines: configuration.emulatedMachines ?? amd64.emulatedMachines ?? ['q35*', 'pc-q35*'],
    cpuModel: given(configuration.cpuModel) ?? 'host-model',
    cpuRequest:
      cpuRequest === undefined || Quantity.parse(cpuRequest).equals(builtInCpuRequest)
        ? undefined
        : cpuRequest,
    evictionStrategy: given(configuration.evictionStrategy) ?? 'None',
    defaultNetworkInterface: configuration.network?.defaultNetworkInterface ?? 'masquerade',
    liveUpdate: configuration.vmRolloutStrategy !== 'Stage',
    defaultHypervisor: clusterConfiguration(kubevirt).defaultHypervisor,
    hypervisors,
  };
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
