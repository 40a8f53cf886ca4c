import type { Devices, VirtualMachineInstance, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import {
  clusterConfiguration,
  defaultInstance,
  defaultInstanceSpec,
  networkRefusal,
  type ClusterConfiguration,
} from '../../src/index.ts';
import { configured } from '../support/kubevirts.ts';

const choosing = (defaultNetworkInterface: string) => configured({ network: { defaultNetworkInterface } });
const builtIn = clusterConfiguration();
const notPermitted = configured({ network: { permitBridgeInterfaceOnPodNetwork: false } });
const spec = (
  devices: Devices,
  networks?: VirtualMachineInstanceSpec['networks'],
): VirtualMachineInstanceSpec => ({
  domain: { devices },
  ...(networks && { networks }),
});
const podNetwork = [{ name: 'default', pod: {} }];

describe('the network of an instance that names none', () => {
  test.each<[string, VirtualMachineInstanceSpec, ClusterConfiguration, unknown, unknown]>([
    ['D1-8: a bridge', spec({}), builtIn, podNetwork, [{ name: 'default', bridge: {} }]],
    [
      'D1-8: masquerade, where the cluster says so',
      spec({}),
      choosing('masquerade'),
      podNetwork,
      [{ name: 'default', masquerade: {} }],
    ],
    [
      'D1-8: none, where it wants none',
      spec({ autoattachPodInterface: false }),
      builtIn,
      undefined,
      undefined,
    ],
    [
      'D1-8: empty lists are as good as none',
      spec({ interfaces: [] }, []),
      builtIn,
      podNetwork,
      [{ name: 'default', bridge: {} }],
    ],
    [
      'D1-8: none beside an interface',
      spec({ interfaces: [{ name: 'a' }] }),
      builtIn,
      undefined,
      [{ name: 'a' }],
    ],
    ['D1-8: none beside a network', spec({}, [{ name: 'a' }]), builtIn, [{ name: 'a' }], undefined],
  ])('%s', (_title, given, configuration, networks, interfaces) => {
    const complete = defaultInstanceSpec(given, configuration);
    expect(complete.networks).toEqual(networks);
    expect(complete.domain.devices.interfaces).toEqual(interfaces);
    expect(networkRefusal(given, configuration)).toBeUndefined();
  });

  test('D1-8: a binding that does not exist gives the network alone, which validation refuses', () => {
    const { values } = builtIn;
    const unknown = {
      ...builtIn,
      values: { ...values, network: { ...values.network, defaultNetworkInterface: '' } },
    };
    const complete = defaultInstanceSpec(spec({}), unknown);
    expect(complete.networks).toEqual(podNetwork);
    expect(complete.domain.devices.interfaces).toBeUndefined();
  });
});

describe('a default interface that cannot be given', () => {
  const instance = (given: VirtualMachineInstanceSpec): VirtualMachineInstance => ({
    metadata: { name: 'vmi' },
    spec: given,
  });
  const input = { uuid: () => 'uuid', now: '2026-01-01T00:00:00Z', trusted: true };

  test.each<[string, ClusterConfiguration]>([
    ['D1-8: a bridge that is not permitted refuses the instance', notPermitted],
    ['D1-8: slirp refuses the instance', choosing('slirp')],
  ])('%s', (_title, configuration) => {
    expect(networkRefusal(spec({}), configuration)).toMatch(/default network interface/);
    const refused = defaultInstance(instance(spec({})), { ...input, configuration });
    expect(refused).toMatchObject({ ok: false, denied: { code: 400 } });
    expect(refused.ok ? undefined : refused.denied).not.toHaveProperty('reason');
    const own = spec({ interfaces: [{ name: 'a', masquerade: {} }] }, [{ name: 'a', pod: {} }]);
    expect(networkRefusal(own, configuration)).toBeUndefined();
    expect(defaultInstance(instance(own), { ...input, configuration }).ok).toBe(true);
  });
});
