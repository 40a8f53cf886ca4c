// The launcher pod of an instance, as a pure function of the instance, the cluster's configuration and what was looked up.
import type { ClusterConfiguration } from '@virtkit/admission';
import {
  annotations,
  podConditions,
  type Container,
  type Pod,
  type PodSpec,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { booleanOf } from '../../cluster-configuration.ts';
import { computeContainer, istioInject, unpausedCondition } from '../../launcher-keys.ts';
import { computeContainerOf } from './compute.ts';
import { consoleLogContainer } from './console-log.ts';
import type { LauncherFacts } from './facts.ts';
import { renderHookSidecars } from './hook-sidecars.ts';
import { isRoot, launcherUser } from './identity.ts';
import { podHostname, podMetadata } from './metadata.ts';
import { affinity, nodeSelector } from './placement.ts';
import { podResources } from './resources.ts';
import { virtiofsContainers } from './virtiofs.ts';
import { podStorage } from './volumes.ts';

const defaultGraceSeconds = 30;
/** Seconds that the launcher has beyond the guest's, and the pod beyond the launcher's. */
const gracePaddingSeconds = 15;

/** What a launcher Pod depends on beside its instance. */
export interface RenderOptions {
  readonly configuration: ClusterConfiguration;
  /** Image with the launcher program. */
  readonly launcherImage: string;
  /** What was looked up. Default: nothing, which is enough for an instance without claims. */
  readonly facts?: LauncherFacts;
}

/** The hypervisor that runs the instance: the one it names, else the cluster's. */
export function hypervisorOf(instance: VirtualMachineInstance, configuration: ClusterConfiguration): string {
  return instance.metadata.annotations?.[annotations.hypervisor] ?? configuration.defaultHypervisor;
}

/**
 * Renders the launcher pod (KubeVirt launcher pod).
 * @throws ControllerError `unsupported` for what cannot be given to a launcher, `missing-claim` for a claim that the facts do
 *   not have, `invalid-object` without name or uid
 */
export function renderPod(instance: VirtualMachineInstance, options: RenderOptions): Pod {
  const { configuration, launcherImage, facts = {} } = options;
  const { spec } = instance;
  const { values } = configuration;
  const hypervisor = hypervisorOf(instance, configuration);
  const { resources, overheadBytes } = podResources(instance, configuration, hypervisor, facts);
  const storage = podStorage(instance, configuration, facts);
  const sidecars = renderHookSidecars(instance, configuration);
  // KubeVirt admits times below zero; there is no shorter one than none.
  const grace = Math.max(0, spec.terminationGracePeriodSeconds ?? defaultGraceSeconds);
  const compute = computeContainerOf(instance, {
    configuration,
    launcherImage,
    hypervisor,
    facts,
    resources,
    graceSeconds: grace + gracePaddingSeconds,
    storage: { mounts: [...storage.mounts, ...sidecars.launcherMounts], devices: storage.devices },
  });
  const initContainers = consoleLogContainer(instance, configuration, launcherImage);
  const containers = [
    compute,
    ...virtiofsContainers(instance, configuration, launcherImage),
    ...sidecars.containers,
  ];
  const label = (container: Container) => labelContainer(container, configuration);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata(instance, configuration, facts, overheadBytes),
    spec: {
      hostname: podHostname(instance),
      subdomain: spec.subdomain,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: grace + 2 * gracePaddingSeconds,
      enableServiceLinks: false,
      dnsConfig: spec.dnsConfig,
      dnsPolicy: spec.dnsPolicy,
      schedulerName: spec.schedulerName,
      tolerations: spec.tolerations,
      topologySpreadConstraints: spec.topologySpreadConstraints,
      resourceClaims: spec.resourceClaims,
      priorityClassName: present(spec.priorityClassName),
      runtimeClassName: present(values.defaultRuntimeClass),
      nodeSelector: nodeSelector(instance, configuration, hypervisor),
      affinity: affinity(instance, configuration, facts),
      readinessGates: readinessGates(instance),
      imagePullSecrets: imagePullSecrets(instance),
      ...serviceAccount(instance),
      securityContext: podSecurityContext(instance, configuration),
      ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map(label) }),
      containers: containers.map(label),
      volumes: [...storage.volumes, ...sidecars.volumes],
    },
  };
}

/** The text, unless it is empty, which in KubeVirt's API is the same as absent. */
function present(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** The guest's readiness probe is carried out by the node agent, which alone reaches the guest and its agent. */
function readinessGates({ spec }: VirtualMachineInstance): { conditionType: string }[] {
  const gates = [unpausedCondition, ...(spec.readinessProbe === undefined ? [] : [podConditions.guestReady])];
  return gates.map((conditionType) => ({ conditionType }));
}

/** The token is mounted only for a guest that gets it as a volume, and for Istio's proxy, which cannot do without. */
function serviceAccount({
  spec,
  metadata,
}: VirtualMachineInstance): Pick<PodSpec, 'serviceAccountName' | 'automountServiceAccountToken'> {
  const volume = spec.volumes?.find((one) => one.serviceAccount !== undefined)?.serviceAccount;
  const istio = booleanOf(metadata.annotations?.[istioInject]) === true;
  return {
    serviceAccountName: present(spec.serviceAccountName) ?? present(volume?.serviceAccountName),
    automountServiceAccountToken: volume !== undefined || istio,
  };
}

function podSecurityContext(
  instance: VirtualMachineInstance,
  { values }: ClusterConfiguration,
): PodSpec['securityContext'] {
  const type = present(values.selinuxLauncherType);
  const custom = values.seccompConfiguration?.virtualMachineInstanceProfile?.customProfile;
  return {
    fsGroup: launcherUser,
    ...(isRoot(instance)
      ? { runAsUser: 0 }
      : { runAsUser: launcherUser, runAsGroup: launcherUser, runAsNonRoot: true }),
    ...(custom?.localhostProfile !== undefined
      ? { seccompProfile: { type: 'Localhost', localhostProfile: custom.localhostProfile } }
      : custom?.runtimeDefaultProfile === true
        ? { seccompProfile: { type: 'RuntimeDefault' } }
        : {}),
    ...(type === undefined ? {} : { seLinuxOptions: { type } }),
  };
}

/** SELinux level of every container beside the launcher, where the container runtime gives each its own. */
function labelContainer(container: Container, { values, gates }: ClusterConfiguration): Container {
  if (!gates.has('DockerSELinuxMCSWorkaround') || container.name === computeContainer) return container;
  const type = present(values.selinuxLauncherType);
  const seLinuxOptions = { ...(type === undefined ? {} : { type }), level: 's0' };
  return { ...container, securityContext: { ...container.securityContext, seLinuxOptions } };
}

function imagePullSecrets({ spec }: VirtualMachineInstance): { name: string }[] | undefined {
  const names = [
    ...(spec.volumes ?? []).map((volume) => volume.containerDisk?.imagePullSecret),
    spec.domain.firmware?.kernelBoot?.container?.imagePullSecret,
  ].flatMap((name) => (name === undefined || name === '' ? [] : [name]));
  return names.length === 0 ? undefined : [...new Set(names)].map((name) => ({ name }));
}
