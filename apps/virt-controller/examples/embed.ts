import type { Client } from '@virtkit/sdk';
import { runVirtController } from '@virtkit/virt-controller';

/** Runs the controllers inside another program, until the signal aborts. */
export async function control(client: Client, signal: AbortSignal): Promise<void> {
  await runVirtController({ client, signal, config: { launcherImage: 'virtkit.dev/virt-launcher:0.1.0' } });
}
