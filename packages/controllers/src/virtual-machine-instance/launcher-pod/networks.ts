import { createHash } from 'node:crypto';
import type { ClusterConfiguration } from '@virtkit/admission';
import type { Interface, InterfaceBindingPlugin, Network, VirtualMachineInstance } from '@virtkit/core-types';
import { ControllerError } from '../../runtime/errors.ts';

/** Annotations by which Multus is told what to attach to a Pod. */
const multusNetworks = 'k8s.v1.cni.cncf.io/networks';
const multusDefaultNetwork = 'v1.multus-cni.io/default-network';

/** A binding plug-in in use. */
export interface UsedPlugin {
  readonly name: string;
  readonly plugin: InterfaceBindingPlugin;
}

/**
 * The binding plug-ins of the instance's interfaces, each once.
 * @throws ControllerError `unsupported` naming a plug-in that the cluster's configuration does not have
 */
export function pluginsOf(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
): UsedPlugin[] {
  const names = (instance.spec.domain.devices.interfaces ?? []).flatMap(({ binding }) =>
    binding === undefined ? [] : [binding.name],
  );
  return [...new Set(names)].map((name) => ({ name, plugin: pluginNamed(name, configuration) }));
}

function pluginNamed(name: string, { values }: ClusterConfiguration): InterfaceBindingPlugin {
  const plugin = values.network.binding?.[name];
  if (plugin !== undefined) return plugin;
  throw new ControllerError(
    'unsupported',
    `spec.domain.devices.interfaces: the cluster's configuration has no network binding ${JSON.stringify(name)}`,
  );
}

/** Whether the launcher needs to know which devices Multus gave it. */
export function needsNetworkInfo(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
): boolean {
  const interfaces = instance.spec.domain.devices.interfaces ?? [];
  return (
    interfaces.some(({ sriov }) => sriov !== undefined) ||
    pluginsOf(instance, configuration).some(({ plugin }) => wantsDeviceInfo(plugin))
  );
}

/** Whether the plug-in's sidecar is given the devices of its networks. */
export function wantsDeviceInfo({ downwardAPI }: InterfaceBindingPlugin): boolean {
  return downwardAPI === 'device-info';
}

/** What Multus is told about the Pod's networks (KubeVirt network facts, pod annotations). */
export function networkAnnotations(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
): Record<string, string> {
  const { spec, metadata } = instance;
  const interfaces = new Map((spec.domain.devices.interfaces ?? []).map((nic) => [nic.name, nic]));
  const namespace = metadata.namespace ?? 'default';
  const selections = (spec.networks ?? []).flatMap((network) =>
    selectionsOf(network, interfaces.get(network.name), namespace, configuration),
  );
  const primary = (spec.networks ?? []).find(({ multus }) => multus?.default === true)?.multus;
  return {
    ...(selections.length === 0 ? {} : { [multusNetworks]: JSON.stringify(selections) }),
    ...(primary === undefined ? {} : { [multusDefaultNetwork]: primary.networkName }),
  };
}

interface NetworkSelection {
  readonly name: string;
  readonly namespace: string;
  readonly mac?: string;
  readonly interface?: string;
  readonly 'cni-args': Readonly<Record<string, string>> | null;
}

function selectionsOf(
  network: Network,
  nic: Interface | undefined,
  namespace: string,
  configuration: ClusterConfiguration,
): NetworkSelection[] {
  if (nic?.state === 'absent') return [];
  const { multus } = network;
  const secondary: NetworkSelection[] =
    multus === undefined || multus.default === true
      ? []
      : [
          {
            ...attachment(multus.networkName, namespace),
            ...(nic?.macAddress === undefined || nic.macAddress === '' ? {} : { mac: nic.macAddress }),
            interface: podInterfaceName(network),
            'cni-args': null,
          },
        ];
  const definition =
    nic?.binding === undefined
      ? undefined
      : pluginNamed(nic.binding.name, configuration).networkAttachmentDefinition;
  if (definition === undefined || definition === '') return secondary;
  return [
    ...secondary,
    { ...attachment(definition, namespace), 'cni-args': { logicNetworkName: network.name } },
  ];
}

/** A NetworkAttachmentDefinition as `name` or `namespace/name`. */
export function attachment(definition: string, namespace: string): { name: string; namespace: string } {
  const slash = definition.indexOf('/');
  return slash < 0
    ? { name: definition, namespace }
    : { namespace: definition.slice(0, slash), name: definition.slice(slash + 1) };
}

/** Name of a secondary network's interface in the Pod; short enough for the kernel, whatever the network's name. */
function podInterfaceName({ name }: Network): string {
  return `pod${createHash('sha256').update(name).digest('hex').slice(0, 11)}`;
}
