import { createHash } from 'node:crypto';
import type { ClusterConfiguration } from '@virtkit/admission';
import { annotations, labels, type ObjectMeta, type VirtualMachineInstance } from '@virtkit/core-types';
import { booleanOf } from '../../cluster-configuration.ts';
import { instanceType } from '../../kinds.ts';
import { computeContainer, defaultContainerAnnotation, istioInject } from '../../launcher-keys.ts';
import { ControllerError } from '../../runtime/errors.ts';
import { controllerReference } from '../../runtime/object-key.ts';
import type { LauncherFacts } from './facts.ts';
import { networkAnnotations } from './networks.ts';
import { reservationLabels } from './reservations.ts';

/** A generated name in Kubernetes is at most this long, so that it is a DNS label. */
const longestName = 63;

/**
 * Name of the launcher pod of an instance. The ending follows from the instance's uid instead of chance: whoever creates
 * the pod a second time (after a crash, with a stale store) is told that it exists.
 */
function podName(instance: VirtualMachineInstance): string {
  const { name, uid } = instance.metadata;
  if (name === undefined || uid === undefined) {
    throw new ControllerError('invalid-object', 'an instance without name or uid has no pod');
  }
  const ending = BigInt(`0x${createHash('sha256').update(uid).digest('hex').slice(0, 16)}`)
    .toString(36)
    .slice(-5)
    .padStart(5, '0');
  return `virt-launcher-${name}-`.slice(0, longestName - ending.length) + ending;
}

/** Host name of the pod and of the guest. */
export function podHostname({ spec, metadata }: VirtualMachineInstance): string {
  if (spec.hostname !== undefined && spec.hostname !== '') return spec.hostname;
  return (metadata.name ?? '')
    .split('.')[0]!
    .slice(0, longestName)
    .replace(/(?<!-)-+$/, '');
}

/** Name, labels and annotations of the launcher pod (KubeVirt launcher pod, metadata). */
export function podMetadata(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  facts: LauncherFacts,
  overheadBytes: bigint,
): ObjectMeta {
  const { name = '', namespace } = instance.metadata;
  return {
    name: podName(instance),
    generateName: `virt-launcher-${name}-`,
    namespace,
    labels: podLabels(instance, facts),
    annotations: podAnnotations(instance, configuration, overheadBytes),
    ownerReferences: [controllerReference(instance, instanceType)],
  };
}

function podLabels(instance: VirtualMachineInstance, facts: LauncherFacts): Record<string, string> {
  const { name = '', uid = '', labels: own = {}, annotations: given = {} } = instance.metadata;
  const inject = given[istioInject];
  return {
    ...own,
    [labels.app]: 'virt-launcher',
    [labels.createdBy]: uid,
    [labels.machineName]: podHostname(instance),
    [labels.instanceId]: instanceId(name),
    ...(inject === undefined ? {} : { [istioInject]: inject }),
    ...reservationLabels(instance, facts),
  };
}

/** The name where it fits into a label, else a shortened one that is still unique. */
function instanceId(name: string): string {
  if (name.length <= longestName) return name;
  return `${name.slice(0, 54)}-${createHash('sha1').update(name).digest('hex').slice(0, 8)}`;
}

const notCopied = new Set<string>([
  annotations.storageObservedApiVersion,
  annotations.latestObservedApiVersion,
]);

function podAnnotations(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  overheadBytes: bigint,
): Record<string, string> {
  const given = Object.entries(instance.metadata.annotations ?? {});
  const copied = given.filter(([key]) => !key.startsWith('kubectl.kubernetes.io') && !notCopied.has(key));
  return {
    [annotations.domain]: instance.metadata.name ?? '',
    ...Object.fromEntries(copied),
    [defaultContainerAnnotation]: computeContainer,
    [annotations.migrationTransportUnix]: 'true',
    [annotations.requestEvictOnly]: '',
    [annotations.memoryOverheadBytes]: String(overheadBytes),
    ...networkAnnotations(instance, configuration),
    ...istioAnnotations(instance),
    ...backupHooks(instance, configuration),
  };
}

function istioAnnotations({ spec }: VirtualMachineInstance): Record<string, string> {
  const masquerade = (spec.domain.devices.interfaces ?? []).some((nic) => nic.masquerade !== undefined);
  const bridge = 'k6t-eth0';
  return masquerade
    ? {
        'traffic.sidecar.istio.io/kubevirtInterfaces': bridge,
        'istio.io/reroute-virtual-interfaces': bridge,
      }
    : {};
}

/** Commands that a backup tool runs in the pod around a snapshot. */
function backupHooks(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
): Record<string, string> {
  const own = booleanOf(instance.metadata.annotations?.[annotations.skipBackupHooks]);
  if (own ?? booleanOf(configuration.annotations[annotations.skipBackupHooks]) ?? false) return {};
  const { name = '', namespace = '' } = instance.metadata;
  const command = (verb: string) =>
    JSON.stringify(['/usr/bin/virt-freezer', verb, '--name', name, '--namespace', namespace]).replaceAll(
      ',',
      ', ',
    );
  return {
    'pre.hook.backup.velero.io/container': computeContainer,
    'pre.hook.backup.velero.io/command': command('--freeze'),
    'pre.hook.backup.velero.io/timeout': '60s',
    'post.hook.backup.velero.io/container': computeContainer,
    'post.hook.backup.velero.io/command': command('--unfreeze'),
  };
}
