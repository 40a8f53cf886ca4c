import type { Interface } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { instanceCreateFindings } from '../../../src/index.ts';
import { creationOf, testCreationSides, type CreationParts } from '../../support/creation-sides.ts';
import { withGates } from '../../support/instance-sides.ts';

const interfaces = (...list: Omit<Interface, 'name'>[]): CreationParts => ({
  parts: {
    domain: { devices: { interfaces: list.map((nic, index) => ({ name: `net-${index}`, ...nic })) } },
  },
});
const listed = withGates('Passt', 'Macvtap');
const field = 'spec.domain.devices.interfaces';

testCreationSides('withdrawn bindings', [
  {
    id: 'FG-1',
    refuses: { ...interfaces({ passt: {} }, { macvtap: {} }, { passt: {} }), configuration: listed },
    accepts: { ...interfaces({ slirp: {} }, { passtBinding: {} }), configuration: listed },
    reason: 'N',
    fields: [undefined, undefined],
  },
  {
    id: 'FG-1',
    refuses: { ...interfaces({ passt: {} }), configuration: withGates('Passt') },
    accepts: { ...interfaces({ passt: {} }), configuration: withGates('Macvtap') },
    reason: 'N',
    fields: [undefined],
  },
  {
    id: 'NETC-1',
    refuses: interfaces({ slirp: {} }, { bridge: {} }, { slirp: {} }),
    accepts: interfaces({ bridge: {} }),
    reason: 'I',
    fields: [`${field}[0].slirp`, `${field}[2].slirp`],
  },
  {
    id: 'NETC-2',
    refuses: interfaces({ passt: {} }),
    accepts: interfaces({ passtBinding: {} }),
    reason: 'I',
    fields: [`${field}[0].passt`],
  },
  {
    id: 'NETC-3',
    refuses: interfaces({ bridge: {}, macvtap: {} }),
    accepts: interfaces({ binding: { name: 'macvtap' } }),
    reason: 'I',
    fields: [`${field}[0].macvtap`],
  },
]);

test('a cluster that does not list a discontinued gate is not told of it', () => {
  const found = instanceCreateFindings(creationOf(interfaces({ passt: {} }, { macvtap: {} })));
  expect(found.map(({ rule }) => rule)).not.toContain('FG-1');
});
