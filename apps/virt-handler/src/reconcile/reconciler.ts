import { annotations, resources, type VirtualMachineInstance, type VolumeStatus } from '@virtkit/core-types';
import {
  done,
  errorMessage,
  patchIfChanged,
  requeue,
  sooner,
  timestamp,
  toError,
  type Action,
  type EventRecorder,
  type ObjectKey,
  type ReconcileContext,
  type Store,
} from '@virtkit/controllers/runtime';
import { HalError, type Machine, type Observed } from '@virtkit/hal';
import type { LauncherClient } from '@virtkit/launcher-api';
import {
  defaultGracePeriodSeconds,
  planProbes,
  projectStatus,
  type DiskRoom,
  type PlanConfiguration,
} from '@virtkit/machine-plan';
import type { Client } from '@virtkit/sdk';
import type { CredentialSync } from '../credentials/credential-sync.ts';
import type { GuestPoller } from '../guest-poller.ts';
import type { LauncherFinding, Launchers } from '../launchers/launchers.ts';
import type { NetworkProvider } from '../network/provider.ts';
import type { PodDevices } from '../pods/pod-devices.ts';
import type { GuestProbes } from '../probes/guest-probes.ts';
import type { PodReadiness } from '../probes/pod-readiness.ts';
import type { PluggingOutcome, VolumePlugging } from '../volumes/plugging.ts';
import { isAgentNews } from './agent-news.ts';
import { boot } from './boot.ts';
import type { ShortenedDisk } from './host-disks.ts';
import { InstanceMemories, type InstanceMemory } from './memory.ts';
import type { Pods } from './pods.ts';
import { planStep, shutdownReminder, unrememberedStop, type Step } from './plan.ts';

export interface ReconcilerOptions {
  client: Client;
  instances: Store<VirtualMachineInstance>;
  nodeName: string;
  launchers: Launchers;
  pods: Pods;
  guests: GuestPoller;
  credentials: CredentialSync;
  probes: GuestProbes;
  readiness: PodReadiness;
  /** How guests of this hypervisor get their network. */
  network: (hypervisor: string) => NetworkProvider;
  /** Whose the device files of Pods with guests of this hypervisor are. */
  devices: (hypervisor: string) => PodDevices;
  /** Volumes that come and go while machines run. */
  plugging: VolumePlugging;
  configuration: () => PlanConfiguration;
  diskRoom: () => DiskRoom;
  recorder: EventRecorder;
  /** An instance failed whose launcher runs in this Pod. */
  onFailed: (podUid: string, message: string) => void;
}

/** A running machine is looked at this often even when nothing is heard of it, in milliseconds. */
const safetyNet = 60_000;
/** Pause until a machine that was ended is looked at again, in case its event is lost, in milliseconds. */
const afterKill = 1_000;

/** Pauses until volumes that are on their way are looked at again, in milliseconds. */
const whilePlugging = 1_000;
const afterPluggingFailed = 5_000;

const kind = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance' };

/** What was seen in one pass. */
interface View {
  finding: LauncherFinding;
  machine: Machine | undefined;
  observed: Observed | undefined;
  /** What became of volumes that are plugged in; absent when nobody looked. */
  plugging?: PluggingOutcome;
}

/** The instance that a pass is about. */
interface Subject {
  key: ObjectKey;
  instance: VirtualMachineInstance;
  podUid: string;
  memory: InstanceMemory;
}

/** Brings the machines of this node in line with their instances: observe, plan, apply one step, project, one patch. */
export class InstanceReconciler {
  readonly #options: ReconcilerOptions;
  readonly #memories = new InstanceMemories();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** One pass over the instance of this key. @throws what kept the machine or the status from being brought up to date */
  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Action> {
    const instance = this.#options.instances.get(key);
    const uid = instance?.metadata.uid ?? '';
    if (instance === undefined || this.#memories.isStale(key, uid)) await this.#forget(key, context);
    if (instance === undefined) return done;
    const podUid = this.#options.pods.of(key, instance, this.#options.nodeName);
    if (podUid === undefined) return done;
    const subject: Subject = { key, instance, podUid, memory: this.#memories.of(key, uid) };

    const before = await this.#look(subject, context.signal);
    const step = this.#plan(subject, before, context);
    const { view, failure } = await this.#attempt(step, subject, before, context);
    // The answer is the reason for another pass, which tells both.
    const patience = isAgentNews(instance, view.observed) ? this.#options.guests.patience(key) : 0;
    if (patience > 0 && failure === undefined) return sooner(requeue(patience), this.#next(step, view));
    // A launcher that cannot be asked says nothing new about its machine.
    const silent = step.kind === 'wait' && view.observed === undefined && failure === undefined;
    if (!silent) await this.#report(subject, view, step, failure, context);
    await this.#options.readiness.report(instance, podUid, this.#options.probes.health(key), context.signal);
    if (failure !== undefined) throw failure;
    return this.#next(step, view);
  }

  async #forget(key: ObjectKey, { expectations }: ReconcileContext): Promise<void> {
    expectations.forget(key);
    this.#memories.forget(key);
    this.#options.guests.disconnected(key);
    this.#options.credentials.disconnected(key);
    this.#options.probes.end(key);
    const podUid = this.#options.pods.forget(key);
    if (podUid === undefined) return;
    this.#options.readiness.forget(podUid);
    await this.#options.launchers.forget(podUid);
  }

  /** A machine that cannot be looked at keeps its status: what is wrong is told by an event, and tried again. */
  async #look({ instance, podUid, memory }: Subject, signal: AbortSignal): Promise<View> {
    const finding = await this.#options.launchers.look(podUid);
    if (finding.kind !== 'ready') return { finding, machine: undefined, observed: undefined };
    try {
      const known = memory.seen?.client === finding.client ? memory.seen.machine : undefined;
      const seen = await observeMachine(finding.client, instance, signal, known);
      memory.seen = seen.machine && { client: finding.client, machine: seen.machine };
      return { finding, ...seen };
    } catch (error) {
      signal.throwIfAborted();
      this.#event(instance, 'SyncFailed', errorMessage(error), 'Warning');
      throw error;
    }
  }

  #plan({ key, instance, memory }: Subject, { finding, observed }: View, { clock }: ReconcileContext): Step {
    const { metadata, spec, status } = instance;
    const ready = finding.kind === 'ready' ? finding : undefined;
    const { liveness, livenessFailure } = this.#options.probes.health(key);
    return planStep({
      phase: status?.phase ?? '',
      deleting: metadata.deletionTimestamp !== undefined,
      gracePeriodSeconds: Math.max(0, spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds),
      launcher:
        finding.kind === 'ready'
          ? {
              kind: 'ready',
              terminating: finding.info.terminationRequestedAt !== undefined,
              machine: observed?.state,
            }
          : finding,
      stopRequestedAt:
        memory.stopRequestedAt ??
        unrememberedStop(observed?.state, [metadata.deletionTimestamp, ready?.info.terminationRequestedAt]),
      unhealthy: liveness === 'unhealthy' ? (livenessFailure?.message ?? '') : undefined,
      now: clock.now(),
    });
  }

  /** Takes the step and follows the guest. A failure does not keep what was seen from being reported. */
  async #attempt(
    step: Step,
    subject: Subject,
    before: View,
    context: ReconcileContext,
  ): Promise<{ view: View; failure: Error | undefined }> {
    let view = before;
    try {
      view = await this.#plugVolumes(await this.#apply(step, subject, before, context), subject, context);
      this.#followGuest(subject, view, context);
      return { view, failure: undefined };
    } catch (error) {
      context.signal.throwIfAborted();
      return { view, failure: toError(error) };
    }
  }

  async #apply(
    step: Step,
    subject: Subject,
    view: View,
    { clock, logger, signal }: ReconcileContext,
  ): Promise<View> {
    const { finding, machine } = view;
    const { instance, memory } = subject;
    if (step.kind === 'wait' || step.kind === 'lost' || step.kind === 'report' || finding.kind !== 'ready') {
      await this.#learnAddresses(subject, view, signal);
      return view;
    }
    logger.info('machine step', { step: step.kind });
    switch (step.kind) {
      case 'boot': {
        await this.#options.devices(finding.client.hypervisor.name).give(subject.podUid);
        const network = await this.#prepareNetwork(subject, finding.client, signal);
        const booted = await boot(instance, finding.client, {
          network,
          configuration: this.#options.configuration(),
          diskRoom: this.#options.diskRoom(),
          onShortened: (disk) => this.#event(instance, 'ToleratedSmallPV', shortenedMessage(disk)),
          signal,
        });
        this.#event(instance, 'Created', 'VirtualMachineInstance defined.');
        memory.seen = { client: finding.client, machine: booted };
        return { finding, ...(await observeMachine(finding.client, instance, signal, booted)) };
      }
      case 'start':
        await machine?.start({ signal });
        break;
      case 'shut-down':
        if (memory.stopRequestedAt === undefined)
          this.#event(instance, 'ShuttingDown', 'asked the guest to shut down');
        memory.stopRequestedAt ??= clock.now();
        await machine?.stop('graceful', { signal });
        break;
      case 'kill':
        if (step.because !== undefined) {
          this.#event(instance, 'Unhealthy', `liveness probe failed: ${step.because}`, 'Warning');
          memory.endedBecause = `its liveness probe failed: ${step.because}`;
        }
        await machine?.stop('force', { signal });
        this.#event(instance, 'Deleted', 'ended the machine');
        break;
      case 'finish':
        await machine?.undefine({ signal });
        return { ...view, machine: undefined, observed: undefined };
    }
    return { finding, ...(await observeMachine(finding.client, instance, signal, machine)) };
  }

  /** Volumes come and go while the machine is wanted; what fails is told, and tried again. */
  async #plugVolumes(view: View, { instance, podUid }: Subject, { signal }: ReconcileContext): Promise<View> {
    const { finding, machine, observed } = view;
    if (finding.kind !== 'ready' || machine === undefined || observed === undefined) return view;
    const plugging = await this.#options.plugging.follow(
      { instance, podUid, launcher: finding.client, machine, observed },
      signal,
    );
    for (const { message } of plugging.failures) this.#event(instance, 'HotplugFailed', message, 'Warning');
    return { ...view, observed: plugging.observed, plugging };
  }

  async #prepareNetwork(
    { instance, podUid, memory }: Subject,
    launcher: LauncherClient,
    signal: AbortSignal,
  ): ReturnType<NetworkProvider['prepare']> {
    const network = await this.#options.network(launcher.hypervisor.name).prepare(instance, podUid, signal);
    memory.podAddresses = network.podAddresses;
    return network;
  }

  /** A machine that an earlier run of this program booted: its network exists, making it again only reads it. */
  async #learnAddresses(subject: Subject, { finding, observed }: View, signal: AbortSignal): Promise<void> {
    if (finding.kind !== 'ready' || observed?.state.kind !== 'running') return;
    if (subject.memory.podAddresses === undefined)
      await this.#prepareNetwork(subject, finding.client, signal);
  }

  /** Asks the guest's agent and probes the guest while there is one. @throws PlanError for probes that make no sense */
  #followGuest(
    { key, instance, memory }: Subject,
    { finding, machine, observed }: View,
    { clock }: ReconcileContext,
  ): void {
    const { credentials, guests, probes } = this.#options;
    if (machine === undefined || observed?.guestAgent.connected !== true) guests.disconnected(key);
    else if (observed.state.kind === 'paused') guests.suspended(key);
    else guests.connected(key, machine);
    const talks = observed?.guestAgent.connected === true && observed.state.kind === 'running';
    if (finding.kind === 'ready' && machine !== undefined && talks)
      credentials.connected(key, { instance, launcher: finding.client, machine });
    else credentials.disconnected(key);
    if (machine !== undefined && observed?.state.kind === 'running') {
      const address = Object.values(memory.podAddresses ?? {}).flat()[0];
      const startedAt = Date.parse(observed.startedAt ?? '') || clock.now();
      const agentLeftAlone = isOn(instance.metadata.annotations?.[annotations.pauseGuestAgentProbes]);
      probes.follow(key, planProbes(instance), { machine, address, agentLeftAlone }, startedAt);
    } else if (finding.kind === 'ready' && observed?.state.kind !== 'paused') probes.end(key);
    else probes.suspend(key);
  }

  async #report(
    { key, instance, podUid, memory }: Subject,
    { observed, plugging }: View,
    step: Step,
    failure: Error | undefined,
    { clock, signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const ended = memory.endedBecause !== undefined && observed?.state.kind === 'stopped';
    const said = this.#options.guests.said(key);
    const status = projectStatus({
      instance,
      observed,
      lost: step.kind === 'lost' || ended,
      guest: said.info,
      frozen: said.frozen,
      credentials: this.#options.credentials.outcome(key),
      podAddresses: memory.podAddresses ?? {},
      ...(plugging && { plugged: plugging.plugged }),
      failure: failure?.message,
      now: timestamp(clock),
    });
    if (failure !== undefined) this.#event(instance, 'SyncFailed', failure.message, 'Warning');
    this.#tellInterfaces(instance, memory, observed);
    const written = await patchIfChanged(
      this.#options.client.resource(resources.virtualMachineInstances),
      instance,
      { ...instance, status },
      { signal },
    );
    if (written === undefined) return;
    // A pass on the version before this one could only run into a conflict.
    expectations.expectVersion(key, written);
    this.#tellVolumes(instance, status.volumeStatus ?? []);
    if (status.phase === instance.status?.phase) return;
    if (status.phase === 'Running') {
      this.#event(instance, 'Started', 'VirtualMachineInstance started.');
      // KubeVirt lifecycle: what cannot be evicted says so, before somebody drains the node.
      if (instance.spec.evictionStrategy === 'LiveMigrate')
        this.#event(instance, 'Migrated', 'it asks to be migrated on eviction and cannot be', 'Warning');
    }
    if (status.phase === 'Succeeded')
      this.#event(instance, 'Stopped', 'The VirtualMachineInstance was shut down.');
    if (status.phase !== 'Failed') return;
    const message = failureMessage(step, memory, observed);
    this.#event(instance, 'Stopped', message, 'Warning');
    this.#options.onFailed(podUid, message);
  }

  /** Says once that a process behind an interface failed; what connections the guest had through it are lost. */
  #tellInterfaces(instance: VirtualMachineInstance, memory: InstanceMemory, observed?: Observed): void {
    for (const { id, process } of observed?.interfaces ?? []) {
      const { lastFailure } = process ?? {};
      if (lastFailure === undefined || memory.interfaceFailures?.[id] === lastFailure.at) continue;
      memory.interfaceFailures = { ...memory.interfaceFailures, [id]: lastFailure.at };
      this.#event(instance, 'InterfaceProcessFailed', lastFailure.message, 'Warning');
    }
  }

  /** Says which volumes got a step further. */
  #tellVolumes(instance: VirtualMachineInstance, after: readonly VolumeStatus[]): void {
    for (const { name, hotplugVolume, phase, reason = '', message = '' } of after) {
      const before = instance.status?.volumeStatus?.find((entry) => entry.name === name);
      if (hotplugVolume === undefined || phase === before?.phase) continue;
      this.#event(instance, reason, message, phase === 'MemoryDumpFailed' ? 'Warning' : 'Normal');
    }
  }

  #event(
    instance: VirtualMachineInstance,
    reason: string,
    message: string,
    type: 'Normal' | 'Warning' = 'Normal',
  ): void {
    this.#options.recorder.record(instance, kind, { type, reason, message });
  }

  #next(step: Step, view: View): Action {
    const next = this.#afterStep(step, view);
    const { unsettled = false, failures = [] } = view.plugging ?? {};
    if (!unsettled && failures.length === 0) return next;
    return sooner(next, requeue(failures.length > 0 ? afterPluggingFailed : whilePlugging));
  }

  #afterStep(step: Step, { finding, observed }: View): Action {
    switch (step.kind) {
      case 'wait':
        return requeue(step.afterMs);
      case 'shut-down':
        return requeue(shutdownReminder);
      case 'kill':
        return requeue(afterKill);
      case 'finish':
      case 'lost':
        return done;
      case 'boot':
      case 'start':
      case 'report':
        return finding.kind === 'ready' && observed !== undefined ? requeue(safetyNet) : done;
    }
  }
}

function shortenedMessage({ volume, asked, made }: ShortenedDisk): string {
  return `The disk of volume ${volume} has ${made} bytes, not the ${asked} that were asked for: there is no more room, and this is within tolerance.`;
}

/** How Go reads a switch in a text; everything else is off. */
const isOn = (text: string | undefined): boolean => /^(?:1|t|T|TRUE|true|True)$/.test(text ?? '');

/** Why an instance failed, for people. */
function failureMessage(
  step: Step,
  { endedBecause }: InstanceMemory,
  observed: Observed | undefined,
): string {
  if (step.kind === 'lost') return step.message;
  if (endedBecause !== undefined) return `The VirtualMachineInstance was ended: ${endedBecause}`;
  const destroyed = observed?.state.kind === 'stopped' && observed.state.reason === 'destroyed';
  return destroyed
    ? 'The VirtualMachineInstance was ended without shutting down by itself.'
    : 'The VirtualMachineInstance crashed.';
}

/**
 * The instance's machine in its launcher; a machine that vanished between two questions is no machine.
 * @param known Its handle from an earlier look through the same client, which saves the question whether it is there.
 */
async function observeMachine(
  launcher: LauncherClient,
  instance: VirtualMachineInstance,
  signal: AbortSignal,
  known?: Machine,
): Promise<{ machine: Machine | undefined; observed: Observed | undefined }> {
  const machine = known ?? (await launcher.hypervisor.machine(instance.metadata.uid ?? '', { signal }));
  if (machine === undefined) return { machine: undefined, observed: undefined };
  try {
    return { machine, observed: await machine.observe({ signal }) };
  } catch (error) {
    if (error instanceof HalError && error.code === 'not-found')
      return { machine: undefined, observed: undefined };
    throw error;
  }
}
