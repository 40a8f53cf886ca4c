import { launcherPaths, type Interface, type VirtualMachineInstance } from '@virtkit/core-types';
import type { Interface as MachineInterface, InterfaceBackend } from '@virtkit/hal';
import type { PlanConfiguration } from '../configuration.ts';
import { PlanError } from '../errors.ts';
import type { InterfaceFact, MachineFacts } from '../facts.ts';
import { vcpuCount } from './cpu.ts';
import { interfaceMac } from './mac-address.ts';
import { pciAddress } from './pci.ts';

/** KubeVirt: how a binding plug-in attaches interfaces that are taps to the machine. */
const tapAttachments = ['tap', 'managedTap'];

/**
 * Every interface of the VMI that is a network card to the machine, in its order. SR-IOV functions are host devices, and
 * plug-ins that attach no tap bring their interfaces themselves.
 * @throws PlanError
 */
export function planInterfaces(
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  configuration: PlanConfiguration,
): MachineInterface[] {
  const { domain, networks = [] } = vmi.spec;
  const planned = (domain.devices.interfaces ?? []).flatMap((nic, index) => {
    const field = `spec.domain.devices.interfaces[${index}]`;
    if (nic.state === 'absent' || nic.sriov !== undefined) return [];
    if (nic.binding !== undefined && !attachesTap(nic.binding.name, configuration)) return [];
    const network = networks.find(({ name }) => name === nic.name);
    if (network === undefined || (nic.masquerade !== undefined && network.pod === undefined))
      throw new PlanError('invalid', `interface ${nic.name} has no network that suits it`, {
        field: `${field}.name`,
      });
    return [planInterface(nic, vmi, facts, field)];
  });
  const twin = planned.find(({ mac }, index) => planned.findIndex((other) => other.mac === mac) !== index);
  if (twin !== undefined) throw new PlanError('invalid', `two interfaces have the MAC address ${twin.mac}`);
  return planned;
}

function attachesTap(plugin: string, { bindings = {} }: PlanConfiguration): boolean {
  return tapAttachments.includes(bindings[plugin]?.domainAttachmentType ?? '');
}

function planInterface(
  nic: Interface,
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  field: string,
): MachineInterface {
  const fact =
    nic.passtBinding === undefined ? connected(nic, facts, field) : userSpace(nic, vmi, facts, field);
  const model = interfaceModel(nic.model || 'virtio', `${field}.model`);
  const queues = interfaceQueues(vmi.spec, nic);
  return {
    id: nic.name,
    model,
    mac: interfaceMac(vmi, nic.name, nic.macAddress || fact.mac, `${field}.macAddress`),
    backend: fact.backend,
    ...(fact.mtu !== undefined && { mtu: fact.mtu }),
    ...(nic.bootOrder !== undefined && { bootOrder: nic.bootOrder }),
    linkUp: nic.state !== 'down',
    ...(queues !== undefined && { queues }),
    ...(nic.pciAddress && { pciAddress: pciAddress(nic.pciAddress, `${field}.pciAddress`) }),
    ...(nic.acpiIndex !== undefined && nic.acpiIndex > 0 && { acpiIndex: nic.acpiIndex }),
  };
}

/** KubeVirt: queues of a tap that the kernel can serve. */
const maxQueues = 256;

/** Pairs of queues of an interface, one for each virtual CPU; undefined where it does not ask for several. */
export function interfaceQueues(
  spec: VirtualMachineInstance['spec'],
  { model, passtBinding }: Pick<Interface, 'model' | 'passtBinding'>,
): number | undefined {
  // passt serves one pair.
  const multiqueue =
    spec.domain.devices.networkInterfaceMultiqueue === true &&
    (model || 'virtio') === 'virtio' &&
    passtBinding === undefined;
  return multiqueue ? Math.min(vcpuCount(spec), maxQueues) : undefined;
}

function connected(nic: Interface, facts: MachineFacts, field: string): InterfaceFact {
  const fact = facts.interfaces[nic.name];
  if (fact !== undefined) return fact;
  throw new PlanError('missing-fact', `the network of interface ${nic.name} was not set up`, { field });
}

/** Ports that a service mesh in the same Pod listens on; they never reach the guest. */
const meshPorts = [15_000, 15_001, 15_004, 15_006, 15_008, 15_009, 15_020, 15_021, 15_053, 15_090];

/** What passt lets in, where the Pod has a network of its own; elsewhere the guest gets what others do there. */
function userSpace(
  nic: Interface,
  { metadata }: VirtualMachineInstance,
  facts: MachineFacts,
  field: string,
): InterfaceFact {
  if (Object.keys(nic.dhcpOptions ?? {}).length > 0)
    throw new PlanError('unsupported', `passt of interface ${nic.name} serves no DHCP options`, {
      field: `${field}.dhcpOptions`,
    });
  const prepared = connected(nic, facts, field);
  if (prepared.backend.kind !== 'passt') return prepared;
  const injected = metadata.annotations?.['sidecar.istio.io/inject']?.toLowerCase() === 'true';
  return {
    ...prepared,
    backend: {
      ...prepared.backend,
      logPath: `${launcherPaths.public}/passt.log`,
      forwards: passtForwards(nic, injected),
    },
  };
}

type Forward = Extract<InterfaceBackend, { kind: 'passt' }>['forwards'][number];

function passtForwards({ ports = [], portRanges = [] }: Interface, mesh: boolean): Forward[] {
  const forward = (protocol: 'tcp' | 'udp'): Forward => ({
    protocol,
    ranges: [
      ...ports
        .filter((port) => (port.protocol?.toLowerCase() || 'tcp') === protocol)
        .map(({ port }) => ({ start: port, exclude: false })),
      ...portRanges
        .filter((range) => range.protocol.toLowerCase() === protocol)
        .map(({ start, end }) => ({ start, end, exclude: false })),
    ],
  });
  const both = [forward('tcp'), forward('udp')];
  if (ports.length + portRanges.length > 0) return both.filter(({ ranges }) => ranges.length > 0);
  if (!mesh) return both;
  const excluded = meshPorts.map((start) => ({ start, exclude: true }));
  return both.map((one) => (one.protocol === 'tcp' ? { ...one, ranges: excluded } : one));
}

const models = ['virtio', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet', 'igb'] as const;

function interfaceModel(model: string, field: string): MachineInterface['model'] {
  const known = models.find((candidate) => candidate === model);
  if (known !== undefined) return known;
  throw new PlanError('unsupported', `there is no interface model ${model}`, { field });
}
