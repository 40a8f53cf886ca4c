import type { ClaimRequest, Interface, Network } from '@virtkit/core-types';
import { testInstanceSides, withGates, type Placed, type SpecParts } from '../../support/instance-sides.ts';

const configuration = withGates('NetworkDevicesWithDRA');
const resourceClaims = [{ name: 'claim', resourceClaimName: 'claim' }];
const complete: ClaimRequest = { claimName: 'claim', requestName: 'nic' };
const claimed = (name: string, resourceClaim: ClaimRequest = complete): Network => ({ name, resourceClaim });
const sriov = (name: string): Interface => ({ name, sriov: {} });

/** Networks, each with an interface, in a cluster that has networks by claim. */
const networks = (list: Network[], interfaces = list.map(({ name }) => sriov(name))): Placed => ({
  parts: parts(list, interfaces),
  configuration,
});
const parts = (list: Network[], interfaces: Interface[]): SpecParts => ({
  networks: list,
  resourceClaims,
  domain: { devices: { interfaces } },
});

testInstanceSides('networks by resource claim', [
  {
    id: 'NET-17',
    refuses: parts([claimed('a', {})], [sriov('a')]),
    accepts: networks([claimed('a')]),
    reason: 'I',
    fields: ['S.networks'],
    alone: true,
  },
  {
    id: 'NET-18',
    refuses: networks([claimed('a', {}), { name: 'b', multus: { networkName: 'blue' } }]),
    accepts: networks([claimed('a'), { name: 'b', pod: {} }]),
    reason: 'I',
    fields: ['S.networks'],
    alone: true,
  },
  {
    id: 'NET-19',
    refuses: networks([claimed('a')], [{ name: 'a', bridge: {} }]),
    accepts: networks([claimed('a')], [{ name: 'a', binding: { name: 'plug-in' } }]),
    reason: 'I',
    fields: ['S.domain.devices.interfaces'],
    alone: true,
  },
  {
    id: 'NET-20',
    refuses: networks([claimed('a', {}), claimed('b', { claimName: 'unknown', requestName: '' })]),
    accepts: networks([claimed('a')]),
    reason: 'R',
    fields: [
      'S.networks[0].resourceClaim.claimName',
      'S.networks[0].resourceClaim.requestName',
      'S.networks[1].resourceClaim.requestName',
    ],
    alone: true,
  },
  {
    id: 'NET-21',
    refuses: networks([claimed('a', { claimName: 'unknown', requestName: 'nic' })]),
    accepts: networks([claimed('a')]),
    reason: 'NF',
    fields: ['S.networks[0].resourceClaim.claimName'],
    alone: true,
  },
  {
    id: 'NET-22',
    refuses: networks([claimed('a'), claimed('b'), claimed('c')]),
    accepts: networks([claimed('a'), claimed('b', { claimName: 'claim', requestName: 'other' })]),
    reason: 'D',
    fields: ['S.networks[1]', 'S.networks[2]'],
    alone: true,
  },
]);
