import type { Interface, VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** Labels of an interface in `kubevirt_vmi_vnic_info` and `kubevirt_vm_vnic_info`. */
export type InterfaceLabels = Readonly<
  Record<'vnic_name' | 'binding_type' | 'network' | 'binding_name' | 'model', string>
>;

/** Labels of each interface on the network of Pods or of Multus whose binding is known; others are left out. */
export function interfaceLabels({ domain, networks = [] }: VirtualMachineInstanceSpec): InterfaceLabels[] {
  return (domain.devices.interfaces ?? []).flatMap((one) => {
    const network = networks.find(({ name }) => name === one.name);
    const networkName = network?.pod !== undefined ? 'pod networking' : network?.multus?.networkName;
    const binding = bindingOf(one);
    if (networkName === undefined || binding === undefined) return [];
    return [{ vnic_name: one.name, ...binding, network: networkName, model: one.model || '<none>' }];
  });
}

function bindingOf(one: Interface): Pick<InterfaceLabels, 'binding_type' | 'binding_name'> | undefined {
  if (one.binding !== undefined) return { binding_type: 'plugin', binding_name: one.binding.name };
  const core = (['masquerade', 'bridge', 'sriov'] as const).find((name) => one[name] !== undefined);
  return core === undefined ? undefined : { binding_type: 'core', binding_name: core };
}
