import type { Interface, Network } from '@virtkit/core-types';
import { testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

const pod = (name: string): Network => ({ name, pod: {} });
const multus = (name: string, isDefault = false): Network => ({
  name,
  multus: { networkName: 'blue', default: isDefault },
});
const networks = (...list: Network[]): SpecParts => ({ networks: list });
/** Networks, and interfaces by their names. */
const paired = (list: Network[], interfaces: Interface[]): SpecParts => ({
  networks: list,
  domain: { devices: { interfaces } },
});
const bridge = (name: string): Interface => ({ name, bridge: {} });

testInstanceSides('networks and what they lead to', [
  {
    id: 'NET-01',
    refuses: networks(pod('a'), pod('b'), pod('c')),
    accepts: networks(pod('a'), multus('b')),
    reason: 'D',
    fields: ['S.interfaces'],
  },
  {
    id: 'NET-02',
    refuses: networks(multus('a', true), multus('b', true), multus('c', true)),
    accepts: networks(multus('a', true), multus('b', false)),
    reason: 'I',
    fields: ['S.networks'],
  },
  {
    id: 'NET-03',
    refuses: networks(pod('a'), multus('b', true)),
    accepts: networks(pod('a'), multus('b', false)),
    reason: 'I',
    fields: ['S.networks'],
  },
  {
    id: 'NET-04',
    refuses: networks(pod('a'), { name: 'b' }, { name: 'c' }),
    accepts: networks(pod('a'), multus('b'), { name: 'c', resourceClaim: {} }),
    reason: 'R',
    fields: ['S.networks[1]', 'S.networks[2]'],
  },
  {
    id: 'NET-05',
    refuses: networks({ ...pod('a'), ...multus('a') }, { ...multus('b'), resourceClaim: {} }),
    accepts: networks(pod('a'), multus('b')),
    reason: 'R',
    fields: ['S.networks[0]', 'S.networks[1]'],
  },
  {
    id: 'NET-06',
    refuses: networks(
      multus('a'),
      { name: 'b', multus: { networkName: '' } },
      { name: 'c', multus: { networkName: '' } },
    ),
    accepts: networks(multus('a'), { name: 'b', multus: { networkName: 'x' } }),
    reason: 'R',
    fields: ['S.networks[1]'],
  },
  {
    id: 'NET-16',
    refuses: networks(pod('a'), multus('a'), multus('b'), multus('a')),
    accepts: networks(pod('a'), multus('A'), multus('b')),
    reason: 'D',
    fields: ['S.networks[1].name', 'S.networks[3].name'],
  },
]);

testInstanceSides('networks and their interfaces', [
  {
    id: 'NET-23',
    refuses: paired([pod('a'), multus('b'), multus('c')], [bridge('b')]),
    accepts: paired([pod('a'), multus('b')], [bridge('b'), bridge('a')]),
    reason: 'R',
    fields: ['S.networks[0].name', 'S.networks[2].name'],
  },
  {
    id: 'NET-24',
    refuses: paired([pod('a')], [bridge('a'), bridge('a'), bridge('a')]),
    accepts: paired([pod('a'), multus('b')], [bridge('a'), bridge('b')]),
    reason: 'D',
    fields: ['S.domain.devices.interfaces[1].name', 'S.domain.devices.interfaces[2].name'],
  },
  {
    id: 'NET-25',
    refuses: paired([pod('a')], [bridge('a'), bridge('b')]),
    accepts: paired([pod('a'), multus('b')], [bridge('a'), bridge('b')]),
    reason: 'I',
    fields: ['S.domain.devices.interfaces[1].name'],
  },
]);
