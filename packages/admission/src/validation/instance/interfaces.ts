import type { Interface } from '@virtkit/core-types';
import { duplicate, invalid, notSupported, required, type Objection } from '../finding.ts';
import { isMacAddress, isPortName } from '../formats.ts';
import type { InstanceRule, InstanceSubject } from './subject.ts';

const models = ['e1000', 'e1000e', 'igb', 'ne2k_pci', 'pcnet', 'rtl8139', 'virtio'];
const bindings = ['bridge', 'masquerade', 'sriov', 'passtBinding', 'binding'] as const;
/** The address of the bridge in the Pod. */
const reservedMac = '02:00:00:00:00:00';

interface Place {
  nic: Interface;
  field: string;
  index: number;
  all: readonly Interface[];
  onPodNetwork: boolean;
}

/** A rule that looks at each interface by itself. */
function perInterface(id: string, check: (place: Place) => Iterable<Objection>): InstanceRule {
  return {
    id,
    *check(subject) {
      for (const place of places(subject)) yield* check(place);
    },
  };
}

function places({ spec, root }: InstanceSubject): Place[] {
  const all = spec.domain.devices.interfaces ?? [];
  const podNetworks = new Set(
    (spec.networks ?? []).filter(({ pod }) => pod !== undefined).map(({ name }) => name),
  );
  return all.map((nic, index) => ({
    nic,
    index,
    all,
    field: `${root}.domain.devices.interfaces[${index}]`,
    onPodNetwork: podNetworks.has(nic.name),
  }));
}

/** Interfaces, one by one: binding, state, model, address and ports. */
export const interfaceRules: readonly InstanceRule[] = [
  perInterface('NET-07', function* ({ nic: { state = '' }, field }) {
    if (!['', 'absent', 'up', 'down'].includes(state))
      yield invalid(`${field}.state`, `state "${state}" is not one of absent, up, down`);
  }),
  perInterface('NET-09', function* ({ nic, field }) {
    if (nic.state === 'absent' && nic.bridge === undefined)
      yield invalid(`${field}.state`, 'only bridged interfaces can be absent');
  }),
  perInterface('NET-11', function* ({ nic, field }) {
    const chosen = bindings.filter((binding) => nic[binding] !== undefined);
    if (chosen.length !== 1)
      yield invalid(field, `an interface has one binding of ${bindings.join(', ')}, not ${chosen.length}`);
  }),
  perInterface('NET-12', function* ({ nic, field, onPodNetwork }) {
    if (nic.masquerade !== undefined && !onPodNetwork)
      yield invalid(`${field}.name`, 'only the network of the Pod can be masqueraded');
  }),
  perInterface('NET-13', function* ({ nic, field }) {
    if (nic.masquerade !== undefined && nic.macAddress === reservedMac)
      yield invalid(`${field}.macAddress`, `${reservedMac} is taken by the bridge`);
  }),
  perInterface('NET-24', function* ({ nic: { name }, field, index, all }) {
    if (all.findIndex((other) => other.name === name) < index)
      yield duplicate(`${field}.name`, `there is another interface "${name}"`);
  }),
  perInterface('NET-26', function* ({ nic: { name }, field }) {
    if (!/^[A-Za-z0-9-_]+$/.test(name))
      yield invalid(`${field}.name`, `"${name}" may have letters, digits, hyphens and underscores only`);
  }),
  perInterface('NET-27', function* ({ nic: { model = '' }, field }) {
    if (model !== '' && !models.includes(model))
      yield notSupported(`${field}.model`, `model "${model}" is not one of ${models.join(', ')}`);
  }),
  perInterface('NET-28', function* ({ nic: { macAddress = '' }, field }) {
    if (macAddress !== '' && !isMacAddress(macAddress))
      yield invalid(`${field}.macAddress`, `"${macAddress}" is not a MAC address of six octets`);
  }),
  perInterface('NET-30', function* ({ nic: { ports = [] }, field, onPodNetwork }) {
    if (!onPodNetwork) return;
    for (const [index, { name }] of ports.entries())
      if (name && ports.findIndex((other) => other.name === name) < index)
        yield duplicate(`${field}.ports[${index}].name`, `there is another port "${name}"`);
  }),
  perInterface('NET-31', function* ({ nic: { ports = [] }, field, onPodNetwork }) {
    if (!onPodNetwork) return;
    for (const [index, { name }] of ports.entries())
      if (name && !isPortName(name))
        yield invalid(`${field}.ports[${index}].name`, `"${name}" is not the name of a port`);
  }),
  perInterface('NET-32', function* ({ nic: { ports = [] }, field, onPodNetwork }) {
    if (!onPodNetwork) return;
    for (const [index, { port }] of ports.entries())
      if (port === 0) yield required(`${field}.ports[${index}].port`, 'a port must be given');
  }),
  perInterface('NET-33', function* ({ nic: { ports = [] }, field, onPodNetwork }) {
    if (!onPodNetwork) return;
    for (const [index, { port }] of ports.entries())
      if (port < 0 || port > 65_535)
        yield invalid(`${field}.ports[${index}].port`, `${port} is not between 1 and 65535`);
  }),
  perInterface('NET-34', function* ({ nic: { ports = [] }, field, onPodNetwork }) {
    if (!onPodNetwork) return;
    for (const [index, { protocol = '' }] of ports.entries())
      if (!['', 'TCP', 'UDP'].includes(protocol))
        yield invalid(`${field}.ports[${index}].protocol`, `protocol "${protocol}" is not one of TCP, UDP`);
  }),
  ...(['slirp', 'passt', 'macvtap'] as const).map((binding, index) =>
    perInterface(`NETC-${index + 1}`, function* ({ nic, field }) {
      if (nic[binding] !== undefined)
        yield invalid(`${field}.${binding}`, `the binding ${binding} no longer exists`);
    }),
  ),
];
