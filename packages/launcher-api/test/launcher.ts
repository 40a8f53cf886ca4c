import type { Hypervisor } from '@virtkit/hal';
import type { ServeLauncherOptions } from '@virtkit/launcher-api';

/** A launcher without volumes and networks around a hypervisor. */
export function launcherOptions(
  options: Partial<ServeLauncherOptions> & { hypervisor: Hypervisor; socketPath: string },
): ServeLauncherOptions {
  return {
    vmi: { namespace: 'default', name: 'small', uid: '11111111-2222-3333-4444-555555555555' },
    facts: async () => ({ volumes: {}, hardwareVirtualization: { state: 'usable' } }),
    configureDhcp: async () => undefined,
    ...options,
  };
}
