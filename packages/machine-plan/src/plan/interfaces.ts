import type { Interface, VirtualMachineInstance } from '@virtkit/core-types';
import type { Interface as MachineInterface } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';
import { interfaceMac } from './mac-address.ts';

/** Every interface of the VMI, in its order. @throws PlanError */
export function planInterfaces(vmi: VirtualMachineInstance, facts: MachineFacts): MachineInterface[] {
  const { domain, networks = [] } = vmi.spec;
  const planned = (domain.devices.interfaces ?? []).map((nic, index) => {
    const field = `spec.domain.devices.interfaces[${index}]`;
    if (nic.masquerade === undefined)
      throw new PlanError('unsupported', `interface ${nic.name} does not use masquerade`, { field });
    if (networks.find(({ name }) => name === nic.name)?.pod === undefined)
      throw new PlanError('invalid', `interface ${nic.name} has no pod network`, {
        field: `${field}.name`,
      });
    return planInterface(nic, vmi, facts, field);
  });
  const twin = planned.find(({ mac }, index) => planned.findIndex((other) => other.mac === mac) !== index);
  if (twin !== undefined) throw new PlanError('invalid', `two interfaces have the MAC address ${twin.mac}`);
  return planned;
}

function planInterface(
  nic: Interface,
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  field: string,
): MachineInterface {
  const fact = facts.interfaces[nic.name];
  if (fact === undefined)
    throw new PlanError('missing-fact', `the network of interface ${nic.name} was not set up`, {
      field,
    });
  return {
    id: nic.name,
    model: interfaceModel(nic.model || 'virtio', `${field}.model`),
    mac: interfaceMac(vmi, nic.name, nic.macAddress, `${field}.macAddress`),
    backend: fact.backend,
    ...(fact.mtu !== undefined && { mtu: fact.mtu }),
    ...(nic.bootOrder !== undefined && { bootOrder: nic.bootOrder }),
    linkUp: nic.state !== 'down',
  };
}

const models = ['virtio', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet', 'igb'] as const;

function interfaceModel(model: string, field: string): MachineInterface['model'] {
  const known = models.find((candidate) => candidate === model);
  if (known !== undefined) return known;
  throw new PlanError('unsupported', `there is no interface model ${model}`, { field });
}
