import type { Interface, Network } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { clusterConfiguration } from '../../../src/index.ts';
import { networkFindings } from '../../../src/validation/instance/network/index.ts';
import {
  cluster,
  specOf,
  testInstanceSides,
  withoutGates,
  type SpecParts,
} from '../../support/instance-sides.ts';

const onPod: Network = { name: 'net', pod: {} };
const onMultus: Network = { name: 'net', multus: { networkName: 'blue' } };
const onMultusDefault: Network = { name: 'net', multus: { networkName: 'blue', default: true } };
const nic = (members: Omit<Interface, 'name'>, network: Network = onPod): SpecParts => ({
  networks: [network],
  domain: { devices: { interfaces: [{ name: network.name, ...members }] } },
});
const named = (name: string): SpecParts => ({
  networks: [{ name, pod: {} }],
  domain: { devices: { interfaces: [{ name, bridge: {} }] } },
});
const field = 'S.domain.devices.interfaces[0]';

testInstanceSides('state of interfaces', [
  {
    id: 'NET-07',
    refuses: nic({ bridge: {}, state: 'sideways' }),
    accepts: nic({ bridge: {}, state: '' }),
    reason: 'I',
    fields: [`${field}.state`],
  },
  {
    id: 'NET-08',
    refuses: nic({ sriov: {}, state: 'down' }, onMultus),
    accepts: nic({ bridge: {}, state: 'down' }, onMultus),
    reason: 'I',
    fields: [`${field}.state`],
  },
  {
    id: 'NET-09',
    refuses: nic({ sriov: {}, state: 'absent' }, onMultus),
    accepts: nic({ bridge: {}, state: 'absent' }, onMultus),
    reason: 'I',
    fields: [`${field}.state`],
  },
  {
    id: 'NET-10',
    refuses: nic({ bridge: {}, state: 'absent' }, onMultusDefault),
    accepts: nic({ bridge: {}, state: 'absent' }, onMultus),
    reason: 'I',
    fields: [`${field}.state`],
  },
]);

testInstanceSides('bindings of interfaces', [
  {
    id: 'NET-11',
    refuses: nic({ masquerade: {}, bridge: {} }),
    accepts: nic({ masquerade: {} }),
    reason: 'I',
    fields: [field],
  },
  {
    id: 'NET-12',
    refuses: nic({ masquerade: {} }, onMultus),
    accepts: nic({ masquerade: {} }),
    reason: 'I',
    fields: [`${field}.name`],
  },
  {
    id: 'NET-13',
    refuses: nic({ masquerade: {}, macAddress: '02:00:00:00:00:00' }),
    accepts: nic({ masquerade: {}, macAddress: '02:00:00:00:00:01' }),
    reason: 'I',
    fields: [`${field}.macAddress`],
  },
  {
    id: 'NET-14',
    refuses: {
      parts: nic({ bridge: {} }),
      configuration: cluster({ network: { permitBridgeInterfaceOnPodNetwork: false } }),
    },
    accepts: nic({ bridge: {} }),
    reason: 'I',
    fields: [`${field}.name`],
  },
  {
    id: 'NET-15',
    refuses: {
      parts: nic({ passtBinding: {} }, onMultus),
      configuration: withoutGates('PasstBinding'),
    },
    accepts: nic({ passtBinding: {} }),
    reason: 'I',
    fields: [`${field}.name`, `${field}.name`],
  },
]);

testInstanceSides('adapters', [
  {
    id: 'NET-26',
    refuses: named('net.1'),
    accepts: named('-Net_1'),
    reason: 'I',
    fields: [`${field}.name`],
  },
  {
    id: 'NET-27',
    refuses: nic({ bridge: {}, model: 'ne2000' }),
    accepts: nic({ bridge: {}, model: 'ne2k_pci' }),
    reason: 'N',
    fields: [`${field}.model`],
  },
  {
    id: 'NET-28',
    refuses: nic({ bridge: {}, macAddress: '02:00:00:00:00:00:00:01' }),
    accepts: nic({ bridge: {}, macAddress: '0200.5e10.0001' }),
    reason: 'I',
    fields: [`${field}.macAddress`],
  },
  {
    id: 'NET-29',
    refuses: nic({ bridge: {}, pciAddress: '0000:81:00.8' }),
    accepts: nic({ bridge: {}, pciAddress: '0000:81:0A.7' }),
    reason: 'I',
    fields: [`${field}.pciAddress`],
  },
]);

testInstanceSides('DHCP', [
  {
    id: 'NET-44',
    refuses: nic({
      bridge: {},
      dhcpOptions: {
        privateOptions: [
          { option: 240, value: 'a' },
          { option: 240, value: 'b' },
          { option: 240, value: 'c' },
        ],
      },
    }),
    accepts: nic({
      bridge: {},
      dhcpOptions: {
        privateOptions: [
          { option: 240, value: 'a' },
          { option: 241, value: 'a' },
        ],
      },
    }),
    reason: 'I',
    fields: ['S'],
  },
  {
    id: 'NET-45',
    refuses: nic({
      bridge: {},
      dhcpOptions: {
        privateOptions: [
          { option: 223, value: 'a' },
          { option: 255, value: 'b' },
        ],
      },
    }),
    accepts: nic({
      bridge: {},
      dhcpOptions: {
        privateOptions: [
          { option: 224, value: 'a' },
          { option: 254, value: 'b' },
        ],
      },
    }),
    reason: 'I',
    fields: ['S', 'S'],
  },
  {
    id: 'NET-46',
    refuses: nic({ bridge: {}, dhcpOptions: { ntpServers: ['10.0.0.1', 'ntp.example', '::1'] } }),
    accepts: nic({
      bridge: {},
      dhcpOptions: { ntpServers: ['10.0.0.1', '010.000.0.01', '::ffff:10.0.0.1'] },
    }),
    reason: 'I',
    fields: [`${field}.dhcpOptions.ntpServers[1]`, `${field}.dhcpOptions.ntpServers[2]`],
  },
]);

const configuration = clusterConfiguration();
const judge = (parts: SpecParts) => networkFindings({ spec: specOf(parts), root: 'spec', configuration });

test.each([
  ['slirp', { slirp: {} }],
  ['passt', { passt: {} }],
  ['macvtap', { macvtap: {} }],
])('the withdrawn binding %s does not count as one', (_name, members) => {
  expect(judge(nic(members)).map(({ rule }) => rule)).toEqual(['NET-11']);
  expect(judge(nic({ ...members, bridge: {} }))).toEqual([]);
});

test('the first network of the Pod or default of Multus is the default network', () => {
  const spec: SpecParts = {
    networks: [onMultus, { name: 'pod', pod: {} }],
    domain: {
      devices: {
        interfaces: [
          { name: 'net', bridge: {}, state: 'absent' },
          { name: 'pod', bridge: {}, state: 'absent' },
        ],
      },
    },
  };
  expect(judge(spec)).toMatchObject([{ rule: 'NET-10', field: 'spec.domain.devices.interfaces[1].state' }]);
});

test('interfaces are judged one by one, topic by topic', () => {
  const interfaces: Interface[] = [
    { name: 'a', model: 'x', state: 'x' },
    { name: 'b!', state: 'x', macAddress: 'x' },
  ];
  const networks: Network[] = [{ name: 'a', pod: {} }];
  const found = judge({ networks, domain: { devices: { interfaces } } });
  expect(found.map(({ rule, field: at }) => `${rule} ${at}`)).toEqual([
    'NET-07 spec.domain.devices.interfaces[0].state',
    'NET-07 spec.domain.devices.interfaces[1].state',
    'NET-11 spec.domain.devices.interfaces[0]',
    'NET-11 spec.domain.devices.interfaces[1]',
    'NET-25 spec.domain.devices.interfaces[1].name',
    'NET-27 spec.domain.devices.interfaces[0].model',
    'NET-26 spec.domain.devices.interfaces[1].name',
    'NET-28 spec.domain.devices.interfaces[1].macAddress',
  ]);
});
