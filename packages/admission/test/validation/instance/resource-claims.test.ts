import type {
  ClaimRequest,
  GPU,
  HostDevice,
  VirtualMachineInstanceResourceClaim,
  VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { clusterConfiguration, instanceFindings } from '../../../src/index.ts';
import {
  specOf,
  testInstanceSides,
  withGates,
  withoutGates,
  type Placed,
  type SpecParts,
} from '../../support/instance-sides.ts';

type Claim = VirtualMachineInstanceResourceClaim;

const claim = (name: string, members: Partial<Claim> = { resourceClaimName: 'object' }): Claim => ({
  name,
  ...members,
});
const claims = (...resourceClaims: Claim[]): SpecParts => ({ resourceClaims });

testInstanceSides('resource claims', [
  {
    id: 'DRA-01',
    refuses: claims(claim('a'), claim('')),
    accepts: claims(claim('a'), claim('b')),
    reason: 'R',
    fields: ['S.resourceClaims[1].name'],
  },
  {
    id: 'DRA-02',
    refuses: claims(claim('a'), claim('b'), claim('a'), claim('a')),
    accepts: claims(claim('a'), claim('b')),
    reason: 'D',
    fields: ['S.resourceClaims[2].name', 'S.resourceClaims[3].name'],
  },
  {
    id: 'DRA-03',
    refuses: claims(claim('a.b'), claim('a'.repeat(64))),
    accepts: claims(claim('a-b'), claim('a'.repeat(63))),
    reason: 'I',
    fields: ['S.resourceClaims[0].name', 'S.resourceClaims[1].name'],
  },
  {
    id: 'DRA-04',
    refuses: claims(claim('a', { resourceClaimName: 'x', resourceClaimTemplateName: 'y' })),
    accepts: claims(claim('a', { resourceClaimTemplateName: 'y' })),
    reason: 'I',
    fields: ['S.resourceClaims[0]'],
  },
  {
    id: 'DRA-05',
    refuses: claims(claim('a', {})),
    accepts: claims(claim('a', { resourceClaimName: 'x' })),
    reason: 'I',
    fields: ['S.resourceClaims[0]'],
  },
  {
    id: 'DRA-06',
    refuses: claims(claim('a', { resourceClaimName: 'X' }), claim('b', { resourceClaimName: '' })),
    accepts: claims(claim('a', { resourceClaimName: 'x.y' })),
    reason: 'I',
    fields: ['S.resourceClaims[0].resourceClaimName', 'S.resourceClaims[1].resourceClaimName'],
  },
  {
    id: 'DRA-07',
    refuses: claims(claim('a', { resourceClaimTemplateName: 'x..y' })),
    accepts: claims(claim('a', { resourceClaimTemplateName: 'x.y' })),
    reason: 'I',
    fields: ['S.resourceClaims[0].resourceClaimTemplateName'],
  },
]);

const known = [claim('claim'), claim('other')];
const named = (name: string): GPU & HostDevice => ({ name, deviceName: 'vendor.example/device' });
const claimed = (name: string, requestName = name, claimName = 'claim'): GPU & HostDevice => ({
  name,
  claimName,
  requestName,
});
const devices = (
  members: { gpus?: GPU[]; hostDevices?: HostDevice[] },
  resourceClaims: Claim[] = known,
): SpecParts => ({ resourceClaims, domain: { devices: members } });
const hosted = (parts: SpecParts): Placed => ({ parts, configuration: withGates('HostDevices') });
const gpusField = 'S.domain.devices.gpus';
const hostDevicesField = 'S.domain.devices.hostDevices';

testInstanceSides('devices by resource claim', [
  {
    id: 'DRA-08',
    refuses: devices({ gpus: [claimed('a'), named('b'), { name: 'c' }] }),
    accepts: devices({ gpus: [claimed('a'), claimed('b')] }),
    reason: 'I',
    fields: [gpusField],
    alone: true,
  },
  {
    id: 'DRA-09',
    refuses: hosted(devices({ gpus: [{ name: 'a' }, { name: 'b' }], hostDevices: [{ name: 'c' }] })),
    accepts: hosted(devices({ gpus: [named('a')], hostDevices: [claimed('c')] })),
    reason: 'R',
    fields: [gpusField, gpusField, hostDevicesField],
    alone: true,
  },
  {
    id: 'DRA-10',
    refuses: hosted(
      devices({
        gpus: [{ ...claimed('a'), ...named('a') }],
        hostDevices: [{ ...claimed('b'), ...named('b') }],
      }),
    ),
    accepts: hosted(devices({ gpus: [claimed('a')], hostDevices: [named('b')] })),
    reason: 'I',
    fields: [gpusField, hostDevicesField],
    alone: true,
  },
  {
    id: 'DRA-11',
    refuses: {
      parts: devices({ gpus: [{ name: 'a', claimName: '' }] }),
      configuration: withoutGates('GPUsWithDRA'),
    },
    accepts: { parts: devices({ gpus: [named('a')] }), configuration: withoutGates('GPUsWithDRA') },
    reason: 'I',
    fields: [gpusField],
    alone: true,
  },
  {
    id: 'DRA-12',
    refuses: {
      parts: devices({ hostDevices: [{ name: 'a', claimName: '' }, named('b')] }),
      configuration: withoutGates('HostDevicesWithDRA'),
    },
    accepts: hosted(devices({ hostDevices: [claimed('a'), named('b')] })),
    reason: 'I',
    fields: [hostDevicesField],
  },
  {
    id: 'DRA-13',
    refuses: hosted(
      devices({
        gpus: [{ name: 'a', requestName: '' }],
        hostDevices: [named('b'), { name: 'c', claimName: 'claim' }],
      }),
    ),
    accepts: hosted(devices({ gpus: [claimed('a')], hostDevices: [named('b'), claimed('c')] })),
    reason: 'R',
    fields: [
      `${gpusField}[0].claimName`,
      `${gpusField}[0].requestName`,
      `${hostDevicesField}[1].requestName`,
    ],
  },
  {
    id: 'DRA-14',
    refuses: devices({ gpus: [claimed('a', 'gpu'), claimed('b', 'gpu'), claimed('c', 'gpu')] }),
    accepts: devices({ gpus: [claimed('a', 'gpu'), claimed('b', 'gpu', 'other'), claimed('c', 'more')] }),
    reason: 'D',
    fields: [`${gpusField}[1]`, `${gpusField}[2]`],
    alone: true,
  },
  {
    id: 'DRA-16',
    refuses: hosted(devices({ gpus: [claimed('a')], hostDevices: [claimed('b')] }, [claim('other')])),
    accepts: hosted(devices({ gpus: [claimed('a')], hostDevices: [claimed('b')] }, [claim('claim')])),
    reason: 'I',
    fields: ['S.resourceClaims'],
  },
]);

const request: ClaimRequest = { claimName: 'claim', requestName: 'shared' };
const shared: SpecParts = {
  ...devices({ gpus: [{ name: 'a', ...request }], hostDevices: [named('b'), { name: 'c', ...request }] }),
  networks: [{ name: 'net', resourceClaim: request }],
};
const interfaces = [{ name: 'net', sriov: {} }];
const spec: VirtualMachineInstanceSpec = specOf({
  ...shared,
  domain: { devices: { ...shared.domain?.devices, interfaces } },
});

testInstanceSides('claims of several kinds of devices', [
  {
    id: 'DRA-15',
    refuses: {
      parts: spec,
      configuration: withGates('HostDevices', 'NetworkDevicesWithDRA'),
    },
    accepts: hosted(devices({ gpus: [claimed('a', 'gpu')], hostDevices: [claimed('b', 'card')] })),
    reason: 'D',
    fields: [`${hostDevicesField}[1]`, 'S.networks[0]'],
    alone: true,
  },
]);

test('networks by claim are compared with devices where the cluster has them only', () => {
  const found = instanceFindings({ spec, root: 'S', configuration: clusterConfiguration() });
  expect(found.filter(({ rule }) => rule === 'DRA-15')).toMatchObject([{ field: `${hostDevicesField}[1]` }]);
});
