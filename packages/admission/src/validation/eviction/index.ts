import {
  annotations,
  labels,
  type JsonPatchOperation,
  type Pod,
  type VirtualMachineInstance,
} from '@virtkit/core-types';

/** A request to evict a Pod, with what its webhook looks up. `error` stands for a look-up that failed, as opposed to found nothing. */
export interface Eviction {
  /** The Pod; undefined when there is none or it cannot be read. */
  readonly pod: Pod | undefined;
  /** Of a Pod that plugs volumes: the launcher that owns it. */
  readonly owner?: LookUp<Pod>;
  /** The instance that the launcher runs. */
  readonly instance?: LookUp<VirtualMachineInstance>;
  /** What the cluster does with instances that do not say. */
  readonly clusterStrategy: string;
  /** Annotations of the Eviction object. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** What a look-up found; undefined when there is no such object. */
export type LookUp<T> = { readonly found: T | undefined } | { readonly error: string };

/** What becomes of an eviction. */
export type EvictionDecision =
  | { readonly rule: string; readonly state: 'allowed' }
  /** Denied with HTTP status 429, so that the evictor tries again (KubeVirt rule GEN-06). */
  | { readonly rule: string; readonly state: 'denied'; readonly message: string }
  /** As `denied`, once the patch has marked the instance: its controller then moves it away. */
  | {
      readonly rule: string;
      readonly state: 'marked';
      readonly message: string;
      readonly instance: VirtualMachineInstance;
      readonly patch: readonly JsonPatchOperation[];
    };

const launcher = 'virt-launcher';
const hotplugPod = 'hotplug-disk';
const requestedBy = 'requested-by';
const descheduler = 'sigs.k8s.io/descheduler';

/** Which instance an eviction is about, as the owner of the Pod is to be looked up first (KubeVirt rules EVC-01 to EVC-06). */
export function evictionOwner(pod: Pod | undefined): { readonly owner?: string; readonly instance?: string } {
  if (pod === undefined) return {};
  if (isHotplugPod(pod)) {
    const name = pod.metadata.ownerReferences?.[0]?.name;
    return name === undefined ? {} : { owner: name };
  }
  const name = isRunningLauncher(pod) ? pod.metadata.annotations?.[annotations.domain] : undefined;
  return name === undefined ? {} : { instance: name };
}

/** The instance that the launcher which owns a Pod runs; undefined where the Pod does not matter to an instance. */
export function instanceOfOwner(owner: Pod | undefined): string | undefined {
  return owner !== undefined && isRunningLauncher(owner)
    ? owner.metadata.annotations?.[annotations.domain]
    : undefined;
}

/** Decides an eviction (KubeVirt rules EVC). Pure: the patch of a `marked` decision is for the caller to carry out. */
export function decideEviction(eviction: Eviction): EvictionDecision {
  const { pod } = eviction;
  if (pod === undefined) return allowed('EVC-01');
  if (isHotplugPod(pod)) return decideHotplugPod(eviction);
  return isRunningLauncher(pod) ? decideLauncher(pod, eviction) : allowed('EVC-01');
}

/** The answer where the Eviction object cannot be read or the instance could not be marked. */
export function evictionFailure(reason: string): EvictionDecision {
  return denied('EVC-11', reason);
}

function decideHotplugPod({ owner, instance }: Eviction): EvictionDecision {
  if (owner !== undefined && 'error' in owner) return denied('EVC-04', owner.error);
  if (instanceOfOwner(owner?.found) === undefined) return allowed('EVC-02');
  if (instance !== undefined && 'error' in instance) return denied('EVC-04', instance.error);
  if (instance?.found === undefined) return allowed('EVC-02');
  const { namespace = '', name = '' } = instance.found.metadata;
  return denied('EVC-03', `the Pod plugs volumes into the running instance ${namespace}/${name}`);
}

function decideLauncher(pod: Pod, eviction: Eviction): EvictionDecision {
  if (pod.metadata.annotations?.[annotations.domain] === undefined) return allowed('EVC-05');
  const { instance: found } = eviction;
  if (found !== undefined && 'error' in found) return denied('EVC-06', found.error);
  const instance = found?.found;
  if (instance === undefined) return denied('EVC-06', 'the instance of the Pod cannot be found');
  const strategy = instance.spec.evictionStrategy ?? eviction.clusterStrategy;
  const migratable = isMigratable(instance);
  switch (strategy) {
    case 'LiveMigrate':
      if (!migratable) return denied('EVC-08', `instance ${keyOf(instance)} cannot be migrated`);
      break;
    case 'LiveMigrateIfPossible':
      if (!migratable) return allowed('EVC-07');
      break;
    case 'External':
      break;
    default:
      return allowed('EVC-07');
  }
  return evacuate(pod, instance, eviction);
}

function evacuate(
  pod: Pod,
  instance: VirtualMachineInstance,
  { annotations: given }: Eviction,
): EvictionDecision {
  // Deschedulers look for this text.
  const triggered = `Eviction triggered evacuation of VMI "${keyOf(instance)}"`;
  const node = pod.spec?.nodeName ?? '';
  if (instance.status?.evacuationNodeName) return denied('EVC-09', `Evacuation in progress: ${triggered}`);
  if ((instance.status?.nodeName ?? '') !== node)
    return denied('EVC-10', `instance ${keyOf(instance)} is on another node than the Pod`);
  const mark: JsonPatchOperation = { op: 'add', path: '/status/evacuationNodeName', value: node };
  const patch = given?.[requestedBy] === descheduler ? [mark, ...deschedulerMark(instance)] : [mark];
  return { rule: 'EVC-12', state: 'marked', message: triggered, instance, patch };
}

function deschedulerMark({ metadata }: VirtualMachineInstance): readonly JsonPatchOperation[] {
  const key = annotations.evictionSource;
  if (metadata.annotations === undefined)
    return [{ op: 'add', path: '/metadata/annotations', value: { [key]: 'descheduler' } }];
  return [{ op: 'add', path: `/metadata/annotations/${key.replace('/', '~1')}`, value: 'descheduler' }];
}

function isMigratable({ status }: VirtualMachineInstance): boolean {
  return status?.conditions?.some((one) => one.type === 'LiveMigratable' && one.status === 'True') === true;
}

function isHotplugPod({ metadata }: Pod): boolean {
  return metadata.labels?.[labels.app] === hotplugPod && metadata.ownerReferences?.length === 1;
}

function isRunningLauncher({ metadata, status }: Pod): boolean {
  const over = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return metadata.labels?.[labels.app] === launcher && !over;
}

function keyOf({ metadata: { namespace = '', name = '' } }: VirtualMachineInstance): string {
  return `${namespace}/${name}`;
}

function allowed(rule: string): EvictionDecision {
  return { rule, state: 'allowed' };
}

function denied(rule: string, message: string): EvictionDecision {
  return { rule, state: 'denied', message };
}
