import type { ClusterConfiguration } from '@virtkit/admission';
import { labels, type EnvVar, type VirtualMachineInstance } from '@virtkit/core-types';

const usualVerbosity = 2;
/** Above it the daemons in the Pod talk as well. */
const quietVerbosity = 5;

/** How much the launcher is to say, where that is not the usual. */
export function launcherLogEnvironment(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
): EnvVar[] {
  const label = labelled(instance);
  const verbosity = effective(instance, configuration);
  return label === undefined && verbosity === usualVerbosity
    ? []
    : [{ name: 'VIRT_LAUNCHER_LOG_VERBOSITY', value: String(verbosity) }];
}

/** What the daemons beside the launcher are to say. */
export function daemonLogEnvironment(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
): EnvVar[] {
  const loud = effective(instance, configuration) > quietVerbosity;
  const asked = (label: string) => instance.metadata.labels?.[label]?.toLowerCase() === 'true';
  return [
    ...(loud || asked(labels.debugLogs) ? [{ name: 'LIBVIRT_DEBUG_LOGS', value: '1' }] : []),
    ...(loud || asked(labels.virtiofsdDebugLogs) ? [{ name: 'VIRTIOFSD_DEBUG_LOGS', value: '1' }] : []),
  ];
}

/** The label's number; a label that is no whole number says nothing. */
function labelled({ metadata }: VirtualMachineInstance): number | undefined {
  const text = metadata.labels?.[labels.logVerbosity];
  return text !== undefined && /^[+-]?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function effective(instance: VirtualMachineInstance, { values }: ClusterConfiguration): number {
  return labelled(instance) ?? values.developerConfiguration.logVerbosity.virtLauncher;
}
