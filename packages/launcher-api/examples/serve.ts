import type { Hypervisor } from '@virtkit/hal';
import { serveLauncher } from '@virtkit/launcher-api';

/** Offers a hypervisor of your own to virt-handler. */
export async function serve(hypervisor: Hypervisor, socketPath: string) {
  return serveLauncher({
    hypervisor,
    socketPath,
    vmi: { namespace: 'default', name: 'vm', uid: '6a1a24a1-4061-4607-8bf4-a3963d0c5895' },
    facts: async (_request, options) => {
      const { hardwareVirtualization } = await hypervisor.capabilities(options);
      return { volumes: {}, hardwareVirtualization };
    },
    configureDhcp: async ({ interfaces }) => {
      if (interfaces.length > 0) throw new Error('this launcher serves no DHCP');
    },
  });
}
