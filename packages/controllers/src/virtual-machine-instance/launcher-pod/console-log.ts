import type { ClusterConfiguration } from '@virtkit/admission';
import { launcherPaths, type Container, type VirtualMachineInstance } from '@virtkit/core-types';
import { launcherLogEnvironment } from './log-verbosity.ts';
import { unprivileged } from './identity.ts';
import { supportResources } from './support-containers.ts';

/**
 * Waits for the file first, because tail would tell in the guest's log that it is not there yet. Process 1 of a container is ended
 * by a signal only if it asks for it: without that the Pod would not end before its grace period is over.
 */
const followLog =
  'trap exit TERM; until [ -e "$0" ]; do sleep 0.2; done; tail --lines=+1 --follow "$0" & wait';

/**
 * The sidecar that prints what the guest wrote to its first serial console, as `kubectl logs` shows it. The instance's word
 * counts before the cluster's.
 */
export function consoleLogContainer(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  launcherImage: string,
): Container[] {
  const { autoattachSerialConsole, logSerialConsole } = instance.spec.domain.devices;
  const byDefault = configuration.values.virtualMachineOptions?.disableSerialConsoleLog === undefined;
  if (autoattachSerialConsole === false || !(logSerialConsole ?? byDefault)) return [];
  const log = `${launcherPaths.machines}/${instance.metadata.uid ?? ''}/serial0.log`;
  return [
    {
      name: 'guest-console-log',
      image: launcherImage,
      imagePullPolicy: configuration.values.imagePullPolicy,
      restartPolicy: 'Always',
      command: ['sh', '-c', followLog, log],
      env: launcherLogEnvironment(instance, configuration),
      resources: supportResources('guest-console-log', instance, configuration),
      securityContext: unprivileged,
      terminationMessagePolicy: 'FallbackToLogsOnError',
      volumeMounts: [{ name: 'private', mountPath: launcherPaths.private, readOnly: true }],
    },
  ];
}
