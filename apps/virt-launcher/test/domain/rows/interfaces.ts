import type { Interface, VirtualMachineInstance } from '@virtkit/core-types';
import type { InterfaceFact } from '@virtkit/machine-plan';
import { onS390x, type Case, type Row } from '../row.ts';

type Change = (vmi: VirtualMachineInstance) => void;

/** One interface `n` on the Pod network. */
const interfaceOf =
  (given: Partial<Interface>, also: Change = () => undefined): Change =>
  (vmi) => {
    vmi.spec.domain.devices.interfaces = [{ name: 'n', ...given }];
    vmi.spec.networks = [{ name: 'n', pod: {} }];
    also(vmi);
  };
const masquerade = (given: Partial<Interface> = {}, also?: Change): Change =>
  interfaceOf({ masquerade: {}, ...given }, also);
const tap: InterfaceFact = { backend: { kind: 'tap', device: 'tap0' }, mtu: 1480 };
const facts: Case['facts'] = { interfaces: { n: tap } };
const nic = 'devices/interface';
const multiqueue: Change = ({ spec }) => {
  spec.domain.devices.networkInterfaceMultiqueue = true;
  spec.domain.cpu = { sockets: 2, cores: 2 };
};
const encrypted: Change = ({ spec }) => {
  spec.domain.launchSecurity = { sev: {} };
};
const passt = (
  given: Partial<Interface>,
  annotations: Record<string, string> = {},
  also: Change = () => undefined,
): Change =>
  interfaceOf({ passtBinding: {}, ...given }, (vmi) => {
    also(vmi);
    vmi.metadata.annotations = annotations;
  });
const podNetwork: Case['facts'] = {
  interfaces: { n: { backend: { kind: 'passt', device: 'eth0', forwards: [] }, mtu: 1480 } },
};
const functionOf: Case['facts'] = {
  devices: { pci: {}, mediated: {}, usb: {}, claims: {}, networks: { n: '0000:81:01.3' } },
};

/** Interfaces. */
export const interfaceRows: readonly Row[] = [
  {
    id: 'DOM-7.1',
    what: 'the alias tells the name',
    cases: [{ vmi: masquerade(), facts, domain: { [`${nic}/alias@name`]: 'ua-net-n' } }],
  },
  {
    id: 'DOM-7.2',
    what: 'every model',
    cases: [
      { vmi: masquerade(), facts, domain: { [`${nic}/model@type`]: 'virtio-non-transitional' } },
      {
        vmi: masquerade(
          { model: 'virtio' },
          ({ spec }) => (spec.domain.devices.useVirtioTransitional = true),
        ),
        facts,
        domain: { [`${nic}/model@type`]: 'virtio-transitional' },
      },
      { vmi: masquerade({}, onS390x), facts, domain: { [`${nic}/model@type`]: 'virtio' } },
      ...['e1000', 'e1000e', 'igb', 'ne2k_pci', 'pcnet', 'rtl8139'].map((model) => ({
        vmi: masquerade({ model }),
        facts,
        domain: { [`${nic}/model@type`]: model },
      })),
      {
        vmi: masquerade({ model: 'rocker' }),
        facts,
        refused: { code: 'unsupported', field: 'spec.domain.devices.interfaces[0].model' },
      },
    ],
  },
  {
    id: 'DOM-7.3',
    what: 'queues and the IOMMU of virtio interfaces',
    cases: [
      {
        vmi: masquerade({}, multiqueue),
        facts,
        domain: {
          [`${nic}/driver@name`]: 'vhost',
          [`${nic}/driver@queues`]: 4,
          [`${nic}/driver@iommu`]: undefined,
        },
      },
      {
        vmi: masquerade({}, encrypted),
        facts,
        domain: { [`${nic}/driver@queues`]: undefined, [`${nic}/driver@iommu`]: 'on' },
      },
      { vmi: masquerade({ model: 'e1000' }, multiqueue), facts, domain: { [`${nic}/driver`]: undefined } },
      { vmi: masquerade(), facts, domain: { [`${nic}/driver`]: undefined } },
    ],
  },
  {
    id: 'DOM-7.4',
    what: 'masquerade, bridge and plug-ins that manage a tap attach one',
    cases: [
      ...[{ masquerade: {} }, { bridge: {} }].map((binding) => ({
        vmi: interfaceOf(binding),
        facts,
        domain: {
          [`${nic}@type`]: 'ethernet',
          [`${nic}/target@dev`]: 'tap0',
          [`${nic}/target@managed`]: 'no',
          [`${nic}/mtu@size`]: 1480,
        },
      })),
      {
        vmi: interfaceOf({ binding: { name: 'mine' } }),
        facts,
        configuration: { bindings: { mine: { domainAttachmentType: 'managedTap' } } },
        domain: { [`${nic}@type`]: 'ethernet' },
      },
      {
        vmi: interfaceOf({ bridge: {} }),
        facts: { interfaces: { n: { ...tap, mac: '02:00:00:00:00:0b' } } },
        domain: { [`${nic}/mac@address`]: '02:00:00:00:00:0b' },
      },
      {
        vmi: masquerade(),
        refused: { code: 'missing-fact', field: 'spec.domain.devices.interfaces[0]' },
      },
    ],
  },
  {
    id: 'DOM-7.5',
    what: 'the address that is given',
    cases: [
      {
        vmi: masquerade({ macAddress: '02-00-00-00-00-0A' }),
        facts: { interfaces: { n: { ...tap, mac: '02:00:00:00:00:0b' } } },
        domain: { [`${nic}/mac@address`]: '02:00:00:00:00:0a' },
      },
    ],
  },
  {
    id: 'DOM-7.6',
    what: 'the place in the boot order',
    cases: [{ vmi: masquerade({ bootOrder: 2 }), facts, domain: { [`${nic}/boot@order`]: 2 } }],
  },
  {
    id: 'DOM-7.7',
    what: 'no boot ROM where nobody boots from it, but on s390x, which has none',
    cases: [
      { vmi: masquerade(), facts, domain: { [`${nic}/rom@enabled`]: 'no' } },
      { vmi: masquerade({ bootOrder: 1 }), facts, domain: { [`${nic}/rom`]: undefined } },
      { vmi: masquerade({ bootOrder: 1 }, encrypted), facts, domain: { [`${nic}/rom@enabled`]: 'no' } },
      { vmi: masquerade({}, onS390x), facts, domain: { [`${nic}/rom`]: undefined } },
    ],
  },
  {
    id: 'DOM-7.8',
    what: 'a link that is down',
    cases: [
      { vmi: masquerade({ state: 'down' }), facts, domain: { [`${nic}/link@state`]: 'down' } },
      { vmi: masquerade({ state: 'up' }), facts, domain: { [`${nic}/link`]: undefined } },
    ],
  },
  {
    id: 'DOM-7.9',
    what: 'the number that the firmware names it by',
    cases: [
      { vmi: masquerade({ acpiIndex: 101 }), facts, domain: { [`${nic}/acpi@index`]: 101 } },
      { vmi: masquerade({ acpiIndex: 0 }), facts, domain: { [`${nic}/acpi`]: undefined } },
    ],
  },
  {
    id: 'DOM-7.10',
    what: 'a PCI address',
    cases: [
      {
        vmi: masquerade({ pciAddress: '0000:00:05.0' }),
        facts,
        domain: { [`${nic}/address@type`]: 'pci', [`${nic}/address@slot`]: '0x05' },
      },
      {
        vmi: masquerade({ pciAddress: '5' }),
        facts,
        refused: { code: 'invalid', field: 'spec.domain.devices.interfaces[0].pciAddress' },
      },
    ],
  },
  {
    id: 'DOM-7.11',
    what: 'passt, with what it lets in',
    cases: [
      {
        vmi: passt({}),
        facts: podNetwork,
        domain: {
          [`${nic}@type`]: 'vhostuser',
          [`${nic}/source@dev`]: 'eth0',
          [`${nic}/backend@type`]: 'passt',
          [`${nic}/backend@logFile`]: '/var/run/kubevirt/passt.log',
          [`${nic}/portForward#count`]: 2,
          [`${nic}/portForward[0]@proto`]: 'tcp',
          [`${nic}/portForward[1]@proto`]: 'udp',
          [`${nic}/portForward/range`]: undefined,
        },
      },
      {
        vmi: passt({ ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }] }),
        facts: podNetwork,
        domain: {
          [`${nic}/portForward[0]/range@start`]: 80,
          [`${nic}/portForward[1]/range@start`]: 53,
        },
      },
      {
        vmi: passt({}, { 'sidecar.istio.io/inject': 'true' }),
        facts: podNetwork,
        domain: {
          [`${nic}/portForward[0]/range[0]@start`]: 15_000,
          [`${nic}/portForward[0]/range[0]@exclude`]: 'yes',
          [`${nic}/portForward[1]/range`]: undefined,
        },
      },
      {
        vmi: passt({}),
        refused: { code: 'missing-fact', field: 'spec.domain.devices.interfaces[0]' },
      },
      {
        vmi: passt({ dhcpOptions: { bootFileName: 'b' } }),
        facts: podNetwork,
        refused: { code: 'unsupported', field: 'spec.domain.devices.interfaces[0].dhcpOptions' },
      },
      {
        vmi: passt({}, {}, multiqueue),
        facts: podNetwork,
        domain: { [`${nic}/driver`]: undefined, [`${nic}/mtu@size`]: 1480 },
      },
    ],
  },
  {
    id: 'DOM-7.12',
    what: 'an SR-IOV function',
    cases: [
      {
        vmi: interfaceOf({ sriov: {}, pciAddress: '0000:05:00.0', bootOrder: 1 }),
        facts: functionOf,
        domain: {
          [nic]: undefined,
          'devices/hostdev@type': 'pci',
          'devices/hostdev@managed': 'no',
          'devices/hostdev/alias@name': 'ua-sriov-n',
          'devices/hostdev/source/address@domain': '0x0000',
          'devices/hostdev/source/address@bus': '0x81',
          'devices/hostdev/source/address@slot': '0x01',
          'devices/hostdev/source/address@function': '0x3',
          'devices/hostdev/address@bus': '0x05',
          'devices/hostdev/boot@order': 1,
        },
      },
      {
        vmi: interfaceOf({ sriov: {} }),
        refused: { code: 'missing-fact', field: 'spec.domain.devices.interfaces[0]' },
      },
    ],
  },
  {
    id: 'DOM-7.13',
    what: 'interfaces that are taken away or that a plug-in brings are none of the domain',
    cases: [
      { vmi: masquerade({ state: 'absent' }), facts, domain: { [nic]: undefined } },
      { vmi: interfaceOf({ binding: { name: 'mine' } }), facts, domain: { [nic]: undefined } },
    ],
  },
];
