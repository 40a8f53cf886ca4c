import { HalError } from '@virtkit/hal';
import { join } from 'node:path';
import { serveLauncher } from '@virtkit/launcher-api';
import { DhcpServers } from './dhcp/dhcp-servers.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { FactsResolver } from './facts/resolve-facts.ts';
import type { Flags } from './flags.ts';
import { watchMachines } from './lifecycle/watch-machines.ts';
import { loadBackend } from './load-backend.ts';
import { errorDetails, type Log } from './log.ts';

/** Name of the socket file in the socket folder. */
const socketName = 'launcher-sock';

export interface RunLauncherOptions {
  flags: Flags;
  log: Log;
  /** Aborts when the program is to end (SIGTERM, SIGINT). */
  termination: AbortSignal;
}

/**
 * Serves one VM's hypervisor until its work is over. Everything that it started has ended when it returns.
 * @throws LauncherError, HalError or LauncherApiError when it cannot begin (`exitCodeOf` tells the exit code).
 */
export async function runLauncher({ flags, log, termination }: RunLauncherOptions): Promise<ExitCode> {
  const { name, namespace, uid } = flags;
  await using resources = new AsyncDisposableStack();

  const folders = {
    stateDir: flags['state-dir'],
    runDir: flags['run-dir'],
    capabilityCache: flags['capability-cache'],
    memoryDumpFolder: flags['hotplug-disk-dir'],
  };
  const backend = await loadBackend(flags.hypervisor, folders, flags['hypervisor-options']);
  resources.defer(() => backend.close());
  const { hypervisor } = backend;
  const dhcp = resources.use(new DhcpServers({ log }));
  const facts = new FactsResolver({
    hypervisor,
    containerDiskDir: flags['container-disk-dir'],
    vmiDiskDir: flags['vmi-disk-dir'],
    hotplugDiskDir: flags['hotplug-disk-dir'],
    stateDir: flags['state-dir'],
    secretDir: flags['secret-dir'],
    environment: process.env,
  });

  const server = resources.use(
    await serveLauncher({
      hypervisor,
      socketPath: join(flags['socket-dir'], socketName),
      vmi: { namespace, name, uid },
      ...(flags['api-minor'] !== undefined && { minor: flags['api-minor'] }),
      facts: (request, call) => facts.resolve(request, call),
      configureDhcp: (spec, call) => dhcp.configure(spec, call),
      // Asking for a machine that is not there yet is how virt-handler begins.
      onFailure: (call, error) => {
        if (error instanceof HalError && error.code === 'not-found') return;
        log('warn', 'a call failed', { call, ...errorDetails(error) });
      },
    }),
  );
  log('info', 'serving', { socket: server.socketPath, hypervisor: hypervisor.name, pid: process.pid });

  const announce = (): void => {
    log('info', 'told to end');
    server.requestTermination();
  };
  if (termination.aborted) announce();
  else termination.addEventListener('abort', announce, { once: true });

  await watchMachines({ hypervisor, log, graceSeconds: flags['grace-period-seconds'], termination });
  log('info', 'no machine is left');
  return exitCodes.done;
}
