import type { Interface, Network, Port, PortRange } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { clusterConfiguration, instanceFindings } from '../../../src/index.ts';
import {
  specOf,
  testInstanceSides,
  withGates,
  type Placed,
  type SpecParts,
} from '../../support/instance-sides.ts';

const onPod: Network = { name: 'net', pod: {} };
const onMultus: Network = { name: 'net', multus: { networkName: 'blue' } };
const nic = (members: Omit<Interface, 'name'>, network: Network): SpecParts => ({
  networks: [network],
  domain: { devices: { interfaces: [{ name: network.name, ...members }] } },
});
const ports = (...list: Port[]): SpecParts => nic({ masquerade: {}, ports: list }, onPod);
const field = 'S.domain.devices.interfaces[0]';

testInstanceSides('ports', [
  {
    id: 'NET-30',
    refuses: ports({ name: 'web', port: 80 }, { name: 'web', port: 81 }, { name: 'web', port: 82 }),
    accepts: ports({ name: '', port: 80 }, { name: '', port: 81 }, { port: 82 }, { port: 83 }),
    reason: 'D',
    fields: [`${field}.ports[1].name`, `${field}.ports[2].name`],
  },
  {
    id: 'NET-31',
    refuses: ports({ name: '80', port: 80 }, { name: 'a--b', port: 81 }, { name: 'a'.repeat(16), port: 82 }),
    accepts: ports({ name: '80a', port: 80 }, { name: 'a-b', port: 81 }, { name: 'a'.repeat(15), port: 82 }),
    reason: 'I',
    fields: [0, 1, 2].map((index) => `${field}.ports[${index}].name`),
  },
  {
    id: 'NET-32',
    refuses: ports({ port: 1 }, { port: 0 }),
    accepts: ports({ port: 1 }),
    reason: 'R',
    fields: [`${field}.ports[1].port`],
  },
  {
    id: 'NET-33',
    refuses: ports({ port: -1 }, { port: 65_536 }),
    accepts: ports({ port: 1 }, { port: 65_535 }),
    reason: 'I',
    fields: [`${field}.ports[0].port`, `${field}.ports[1].port`],
  },
  {
    id: 'NET-34',
    refuses: ports({ port: 1, protocol: 'SCTP' }, { port: 2, protocol: 'tcp' }),
    accepts: ports({ port: 1, protocol: 'TCP' }, { port: 2, protocol: 'UDP' }, { port: 3, protocol: '' }),
    reason: 'I',
    fields: [`${field}.ports[0].protocol`, `${field}.ports[1].protocol`],
  },
]);

const range = (start: number, end: number, protocol = 'TCP'): PortRange => ({ start, end, protocol });
const configuration = withGates('PortRangesSpec');
/** Ranges in a cluster that has them. */
const ranges = (portRanges: PortRange[], members: Omit<Interface, 'name'> = { masquerade: {} }): Placed => ({
  parts: nic({ ...members, portRanges }, onPod),
  configuration,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => range(index + 1, index + 1));

testInstanceSides('ranges of ports', [
  {
    id: 'NET-35',
    refuses: nic({ bridge: {}, portRanges: [range(9, 1)] }, onMultus),
    accepts: { parts: nic({ bridge: {}, portRanges: [range(9, 1)] }, onMultus), configuration },
    reason: 'I',
    fields: [`${field}.name`],
    alone: true,
  },
  {
    id: 'NET-36',
    refuses: ranges([range(1, 2)], { masquerade: {}, ports: [{ port: 3 }] }),
    accepts: ranges([range(1, 2)], { masquerade: {}, ports: [] }),
    reason: 'I',
    fields: [`${field}.name`],
    alone: true,
  },
  {
    id: 'NET-37',
    refuses: ranges([range(1, 2)], { bridge: {} }),
    accepts: ranges([range(1, 2)]),
    reason: 'I',
    fields: [`${field}.name`],
    alone: true,
  },
  {
    id: 'NET-38',
    refuses: ranges([...many(10), range(0, 0, '')]),
    accepts: ranges(many(10)),
    reason: 'I',
    fields: [`${field}.portRanges`],
    alone: true,
  },
  {
    id: 'NET-39',
    refuses: ranges([range(1, 2), range(0, 0, ''), range(3, 4, 'SCTP')]),
    accepts: ranges([range(1, 2), range(3, 4, 'UDP')]),
    reason: 'I',
    fields: [`${field}.portRanges[1].protocol`, `${field}.portRanges[2].protocol`],
    alone: true,
  },
  {
    id: 'NET-40',
    refuses: ranges([range(0, 0), range(65_536, 65_536)]),
    accepts: ranges([range(1, 1), range(65_535, 65_535)]),
    reason: 'I',
    fields: [`${field}.portRanges[0].start`, `${field}.portRanges[1].start`],
    alone: true,
  },
  {
    id: 'NET-41',
    refuses: ranges([range(1, 0), range(2, 65_536)]),
    accepts: ranges([range(1, 1), range(2, 65_535)]),
    reason: 'I',
    fields: [`${field}.portRanges[0].end`, `${field}.portRanges[1].end`],
  },
  {
    id: 'NET-42',
    refuses: ranges([range(3, 2)]),
    accepts: ranges([range(2, 2)]),
    reason: 'I',
    fields: [`${field}.portRanges[0].start`],
    alone: true,
  },
  {
    id: 'NET-43',
    refuses: ranges([range(20, 30), range(10, 20), range(30, 40)]),
    accepts: ranges([range(20, 30), range(10, 19), range(10, 40, 'UDP')]),
    reason: 'I',
    fields: [`${field}.portRanges`, `${field}.portRanges`],
    alone: true,
  },
]);

test('ports and ranges of other networks than that of the Pod are not judged', () => {
  const members = { bridge: {}, ports: [{ port: 0, name: '!' }], portRanges: [range(0, 0, '')] };
  const spec = specOf(nic(members, onMultus));
  expect(instanceFindings({ spec, root: 'S', configuration })).toEqual([]);
});

test('ports are judged one by one', () => {
  const spec = specOf(ports({ port: 0, protocol: 'x' }, { port: 1, name: '!' }));
  const found = instanceFindings({ spec, root: 'S', configuration: clusterConfiguration() });
  expect(found.map(({ rule }) => rule)).toEqual(['NET-32', 'NET-34', 'NET-31']);
});
