// One Pod on this node. Every pass looks at what is there, does what is missing, and writes the status if it changed.
//
//   taken up --network--> placed --containers--> running --> ended --released--> (deleted) forgotten
import { done, requeue, sooner, type Action } from '@virtkit/controllers/runtime';
import type { Container, Pod, PodStatus } from '@virtkit/core-types';
import { isApiError } from '@virtkit/sdk';
import { isEmbeddedNodeError } from '../errors.ts';
import type { PodNetwork, PodNetworkRequest } from '../network/network.ts';
import { planContainers, type ContainerPlan } from './container-plan.ts';
import { ContainerProbes } from './container-probes.ts';
import { ContainerRuntime } from './container-runtime.ts';
import type { KubeletContext } from './context.ts';
import { hasObjectVolumes, makeObjectVolume } from './object-volumes.ts';
import type { PodRecord } from './pod-record.ts';
import {
  podStatus,
  sameStatus,
  timestamp,
  type ContainerObservation,
  type PodObservation,
} from './pod-status.ts';
import { ReferencedObjects } from './references.ts';
import { unsupportedFields } from './unsupported.ts';

/** Milliseconds that a status waits for the first result of a readiness probe. */
const readinessWait = 1_000;
const defaultGraceSeconds = 30;

export class PodRuntime {
  readonly #context: KubeletContext;
  readonly #record: PodRecord;
  readonly #containers = new Map<string, ContainerRuntime>();
  readonly #probes: ContainerProbes;
  readonly #wake: () => void;
  #network: PodNetwork | undefined;
  #released = false;
  #written: { basedOn: string | undefined; result: Pod } | undefined;
  #readinessDeadline: number | undefined;
  #refreshAt: number | undefined;

  private constructor(context: KubeletContext, record: PodRecord, wake: () => void) {
    this.#context = context;
    this.#record = record;
    this.#wake = wake;
    this.#probes = new ContainerProbes({ root: context.root, logger: context.logger, onChange: wake });
  }

  /** Takes a Pod up: writes its record before anything is made for it. */
  static async create(context: KubeletContext, pod: Pod, wake: () => void): Promise<PodRuntime> {
    const record: PodRecord = {
      uid: pod.metadata.uid!,
      namespace: pod.metadata.namespace!,
      name: pod.metadata.name!,
      startTime: pod.status?.startTime ?? timestamp(new Date()),
      ownNetwork: pod.spec.hostNetwork !== true,
      containers: {},
    };
    await context.records.write(record);
    return new PodRuntime(context, record, wake);
  }

  /** Takes over a Pod that an earlier kubelet took up. */
  static async adopt(context: KubeletContext, record: PodRecord, wake: () => void): Promise<PodRuntime> {
    const runtime = new PodRuntime(context, record, wake);
    for (const name of Object.keys(record.containers)) await runtime.#container(name).adopt();
    return runtime;
  }

  get uid(): string {
    return this.#record.uid;
  }

  /** `namespace/name`. */
  get key(): string {
    return `${this.#record.namespace}/${this.#record.name}`;
  }

  /** Brings the Pod closer to what its object asks for. */
  async sync(given: Pod): Promise<Action> {
    const pod =
      this.#written !== undefined && this.#written.basedOn === given.metadata.resourceVersion
        ? this.#written.result
        : given;
    for (const [name, container] of this.#containers) await container.observe(containerNamed(pod, name));
    if (pod.metadata.deletionTimestamp !== undefined) return this.#delete(pod);
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
      await this.#release();
      return done;
    }
    const unsupported = unsupportedFields(pod);
    if (unsupported.length > 0) {
      const message = `the embedded kubelet does not carry ${unsupported.join(', ')}`;
      await this.#report(pod, {
        initialized: false,
        outcome: 'Failed',
        reason: { reason: 'UnsupportedFeature', message },
      });
      return done;
    }
    try {
      this.#network ??= await this.#provider().setUp(this.#networkRequest(pod), {
        signal: this.#context.signal,
      });
    } catch (error) {
      if (!isEmbeddedNodeError(error)) throw error;
      const message = `the network of the Pod could not be set up: ${error.message}`;
      const refused = error.code === 'Unsupported';
      await this.#report(pod, {
        initialized: false,
        ...(refused ? { outcome: 'Failed' } : {}),
        reason: { reason: refused ? 'SysctlForbidden' : 'FailedCreatePodSandBox', message },
      });
      if (refused) return done;
      throw error;
    }
    return this.#run(pod, this.#network);
  }

  /** Ends and removes everything at once; for a Pod whose object is gone. */
  async destroy(): Promise<void> {
    this.#probes[Symbol.dispose]();
    await Promise.all([...this.#containers.values()].map((container) => container.kill()));
    await this.#release();
    await this.#context.records.remove(this.uid);
  }

  /** Stops looking; the containers run on. */
  detach(): void {
    this.#probes[Symbol.dispose]();
  }

  async #run(pod: Pod, network: PodNetwork): Promise<Action> {
    const failed = new Set<string>();
    let plan = this.#plan(pod);
    for (;;) {
      const next = plan.start.filter((name) => !failed.has(name));
      if (next.length === 0) break;
      await Promise.all(
        next.map(async (name) => {
          if (!(await this.#container(name).start(pod, containerNamed(pod, name)!, network)))
            failed.add(name);
        }),
      );
      plan = this.#plan(pod);
    }
    let action = await this.#supervise(pod, network);
    const refresh = await this.#refreshVolumes(pod, network);
    if (refresh !== undefined) action = sooner(action, refresh);
    if (plan.againAfter !== undefined) action = sooner(action, requeue(plan.againAfter));
    for (const name of failed) {
      const after = this.#container(name).retryAfter(Date.now());
      if (after !== undefined) action = sooner(action, requeue(after));
    }
    if (plan.outcome !== undefined) {
      const left = await this.#endContainers(pod, Date.now() + this.#graceSeconds(pod) * 1000);
      if (left !== undefined) return sooner(action, left);
    }
    const wait = this.#waitForReadiness();
    if (wait !== undefined) return sooner(action, wait);
    // Who reads that a Pod has ended may rely on nothing of it being left.
    if (plan.outcome !== undefined) await this.#release();
    await this.#report(pod, {
      initialized: plan.initialized,
      outcome: plan.outcome,
      backingOff: plan.backingOff,
    });
    return action;
  }

  /** Files of ConfigMaps and Secrets follow their objects; ones that are gone stay as they were, as on any kubelet. */
  async #refreshVolumes(pod: Pod, network: PodNetwork): Promise<Action | undefined> {
    if (!hasObjectVolumes(pod)) return undefined;
    const { client, layout, root, signal, hostAddress, logger, volumeRefreshMs } = this.#context;
    const now = Date.now();
    this.#refreshAt ??= now + volumeRefreshMs;
    if (now < this.#refreshAt) return requeue(this.#refreshAt - now);
    this.#refreshAt = now + volumeRefreshMs;
    const sources = {
      layout: layout.pod(this.uid),
      references: new ReferencedObjects(client, this.#record.namespace, signal),
      placement: { addresses: network.addresses, hostAddress },
      root,
    };
    for (const volume of pod.spec.volumes ?? [])
      try {
        await makeObjectVolume(pod, volume, sources);
      } catch (error) {
        if (!isEmbeddedNodeError(error)) throw error;
        logger.warn('a volume is not brought up to date', {
          pod: this.key,
          volume: volume.name,
          error: error.message,
        });
      }
    return requeue(volumeRefreshMs);
  }

  /** Follows running containers with probes; ends those that are no longer alive. */
  async #supervise(pod: Pod, network: PodNetwork): Promise<Action> {
    let action: Action = done;
    for (const [name, runtime] of this.#containers) {
      const container = containerNamed(pod, name);
      if (container === undefined || !runtime.running) {
        this.#probes.end(name);
        continue;
      }
      this.#probes.follow(container, runtime.process!, network.addresses[0] ?? this.#context.hostAddress);
      if (!this.#probes.unhealthy(name)) continue;
      this.#context.logger.warn('a container is not alive and is ended', { pod: this.key, container: name });
      this.#probes.end(name);
      await runtime.terminate();
      const process = runtime.process;
      const timer = setTimeout(() => void process?.kill(), this.#graceSeconds(pod) * 1000);
      timer.unref();
      action = done;
    }
    return action;
  }

  /** Ends what still runs, with grace until `deadline`. Undefined when nothing runs any more. */
  async #endContainers(pod: Pod, deadline: number): Promise<Action | undefined> {
    const running = [...this.#containers.values()].filter((container) => container.running);
    if (running.length === 0) return undefined;
    if (this.#record.terminatingSince === undefined) {
      this.#record.terminatingSince = new Date().toISOString();
      await this.#save();
      await Promise.all(running.map((container) => container.terminate()));
    } else if (
      Date.now() >=
      Math.min(deadline, Date.parse(this.#record.terminatingSince) + this.#graceSeconds(pod) * 1000)
    ) {
      await Promise.all(running.map((container) => container.kill()));
    }
    for (const [name, container] of this.#containers) await container.observe(containerNamed(pod, name));
    if (!running.some((container) => container.running)) return undefined;
    return requeue(Math.max(50, Math.min(deadline - Date.now(), this.#graceSeconds(pod) * 1000)));
  }

  /** Ends the Pod and then its object: a Pod that is gone from the API runs nowhere. */
  async #delete(pod: Pod): Promise<Action> {
    this.#probes[Symbol.dispose]();
    const left = await this.#endContainers(pod, Date.parse(pod.metadata.deletionTimestamp!));
    if (left !== undefined) return left;
    if (
      (pod.metadata.finalizers ?? []).length > 0 &&
      pod.status?.phase !== 'Succeeded' &&
      pod.status?.phase !== 'Failed'
    ) {
      // Whoever holds the object wants to see how the Pod ended.
      const failed = pod.spec.containers.some(({ name }) => {
        const view = this.#containers.get(name)?.view();
        return view?.state !== 'ended' || view.exitCode !== 0;
      });
      await this.#report(pod, { initialized: true, outcome: failed ? 'Failed' : 'Succeeded' });
    }
    await this.#release();
    if ((pod.metadata.deletionGracePeriodSeconds ?? 0) === 0 && (pod.metadata.finalizers ?? []).length > 0)
      return done;
    try {
      await this.#context.client.pods.delete(this.#record.name, {
        namespace: this.#record.namespace,
        gracePeriodSeconds: 0,
        preconditions: { uid: this.uid },
        signal: this.#context.signal,
      });
    } catch (error) {
      // Gone already, or another Pod of this name.
      if (!isApiError(error, 'not-found', 'conflict')) throw error;
    }
    return done;
  }

  /** Gives the network back. Logs and volumes stay until the object is gone. */
  async #release(): Promise<void> {
    if (this.#released) return;
    if (this.#record.ownNetwork) await this.#context.podNetwork.tearDown(this.uid);
    this.#network = undefined;
    this.#released = true;
  }

  #plan(pod: Pod): ContainerPlan {
    const views = new Map(
      [...this.#containers].map(([name, container]) => [name, container.view()] as const),
    );
    return planContainers(pod, views, new Date());
  }

  /** A requeue while a first readiness result may still make one status out of two. */
  #waitForReadiness(): Action | undefined {
    if (!this.#probes.undecided || this.#written !== undefined) return undefined;
    this.#readinessDeadline ??= Date.now() + readinessWait;
    const left = this.#readinessDeadline - Date.now();
    return left > 0 ? requeue(left) : undefined;
  }

  async #report(
    pod: Pod,
    facts: Pick<PodObservation, 'initialized' | 'outcome' | 'reason'> & { backingOff?: readonly string[] },
  ): Promise<void> {
    const containers = new Map<string, ContainerObservation>();
    for (const [name, runtime] of this.#containers) {
      const container = containerNamed(pod, name);
      if (container === undefined) continue;
      const backingOff = facts.backingOff?.includes(name) === true;
      containers.set(name, runtime.observation(container, { ready: this.#probes.ready(name), backingOff }));
    }
    const status = podStatus(
      pod,
      {
        ...facts,
        startTime: this.#record.startTime,
        hostAddress: this.#context.hostAddress,
        addresses: this.#network?.addresses ?? (pod.status?.podIP === undefined ? [] : [pod.status.podIP]),
        containers,
      },
      new Date(),
    );
    if (!sameStatus(pod.status, status)) await this.#write(pod, status);
  }

  async #write(pod: Pod, status: PodStatus): Promise<void> {
    // Conditions merge by type, so those of other authors stay. The uid keeps the status from another Pod of this name.
    const body = { metadata: { uid: this.uid }, status };
    try {
      const result = await this.#context.client.pods.patch(
        this.#record.name,
        { type: 'strategic', body },
        { namespace: this.#record.namespace, subresource: 'status', signal: this.#context.signal },
      );
      this.#written = { basedOn: pod.metadata.resourceVersion, result };
    } catch (error) {
      if (!isApiError(error, 'not-found', 'conflict')) throw error;
      this.#wake();
    }
  }

  #networkRequest(pod: Pod): PodNetworkRequest {
    const sysctls = pod.spec.securityContext?.sysctls ?? [];
    return {
      uid: this.uid,
      namespace: this.#record.namespace,
      name: this.#record.name,
      sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name, value])),
    };
  }

  #provider() {
    return this.#record.ownNetwork ? this.#context.podNetwork : this.#context.hostNetwork;
  }

  #graceSeconds(pod: Pod): number {
    return (
      pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds
    );
  }

  #container(name: string): ContainerRuntime {
    const existing = this.#containers.get(name);
    if (existing !== undefined) return existing;
    const made = new ContainerRuntime(this.#context, this.#record, name, {
      save: () => this.#save(),
      onExit: this.#wake,
    });
    this.#containers.set(name, made);
    return made;
  }

  #save(): Promise<void> {
    return this.#context.records.write(this.#record);
  }
}

function containerNamed(pod: Pod, name: string): Container | undefined {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(
    (container) => container.name === name,
  );
}
