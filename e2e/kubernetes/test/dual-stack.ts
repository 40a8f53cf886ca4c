import { isIPv4, isIPv6 } from 'node:net';
import { machineService, waitFor } from '@virtkit/sdk';
import { describe, expect, it } from 'vitest';
import { createRunning, patience, realMachine, remove } from '../../support/machines.ts';
import { pageServed } from '../../support/pages.ts';
import type { KubernetesPlatform } from '../platform.ts';

/** Asks for its IPv6 address itself; nobody announces routers to it. */
const wayOut = `#!/bin/sh
mkdir -p /www
(
  until ip -6 addr show dev eth0 scope global | grep -v tentative | grep fd10 > /www/address; do sleep 1; done
  ip -6 route add fd10:0:2::/120 dev eth0
  ip -6 route add default via fd10:0:2::1 dev eth0
) &
`;

/** What a guest has on a cluster whose Pods have addresses of both families. */
export function dualStackScenarios(cluster: () => KubernetesPlatform): void {
  describe('a guest in a Pod with addresses of both families', () => {
    it('gets an address of each, is listed with both, and is reached through a Service of both', async () => {
      const name = 'both';
      const { client } = cluster();
      const service = machineService({ machine: name, ports: [80] });
      await client.services.create({
        ...service,
        spec: { ...service.spec, ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6', 'IPv4'] },
      });
      const machine = realMachine(cluster(), { name, cloudInit: wayOut, ports: [80] });
      await createRunning(cluster(), machine);

      const [address6, address4, ...others] = (await client.services.get(name)).spec?.clusterIPs ?? [];
      expect([isIPv6(address6 ?? ''), isIPv4(address4 ?? ''), others]).toEqual([true, true, []]);
      // The page is what the guest itself sees of its address, and comes to be when it has one.
      const overService = await pageServed(`http://[${address6}]/address`);
      expect(overService).toContain('fd10:0:2::2/128');
      expect(await pageServed(`http://${address4}/address`)).toBe(overService);

      const labels = Object.entries(service.spec?.selector ?? {}).map((label) => label.join('='));
      const pods = await client.pods.list({
        namespace: cluster().namespace,
        labelSelector: labels.join(','),
      });
      const podAddresses = pods.items.flatMap(({ status }) => status?.podIPs?.map(({ ip }) => ip) ?? []);
      expect(podAddresses.map((ip) => isIPv4(ip ?? ''))).toEqual([true, false]);
      // The agent is asked for the addresses of the guest now and then.
      const instance = await waitFor(
        client.virtualMachineInstances,
        name,
        (one) => one?.status?.interfaces?.[0]?.ipAddresses?.length === 2,
        { timeoutSeconds: patience },
      );
      const [listed, ...more] = instance?.status?.interfaces ?? [];
      expect(more).toEqual([]);
      expect(listed).toMatchObject({ ipAddress: podAddresses[0], ipAddresses: podAddresses });
      expect(await pageServed(`http://[${podAddresses[1]}]/address`)).toBe(overService);

      await remove(cluster(), name);
      await client.services.delete(name);
    });
  });
}
