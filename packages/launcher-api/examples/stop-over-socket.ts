import { connectLauncher, LauncherApiError } from '@virtkit/launcher-api';

/** Asks every machine of the launcher at this socket to shut down. */
export async function shutDown(socketPath: string, signal: AbortSignal): Promise<'asked' | 'no launcher'> {
  try {
    await using launcher = await connectLauncher({ socketPath, signal });
    for (const { id } of await launcher.hypervisor.list({ signal })) {
      const machine = await launcher.hypervisor.machine(id, { signal });
      await machine?.stop('graceful', { signal });
    }
    return 'asked';
  } catch (error) {
    if (error instanceof LauncherApiError && error.code === 'unreachable') return 'no launcher';
    throw error;
  }
}
