import { resources, type VirtualMachineInstance } from '@virtkit/core-types';
import {
  done,
  patchIfChanged,
  requeue,
  timestamp,
  type Action,
  type EventRecorder,
  type ObjectKey,
  type ReconcileContext,
  type Store,
} from '@virtkit/controllers/runtime';
import { HalError, type Machine, type Observed } from '@virtkit/hal';
import type { LauncherClient } from '@virtkit/launcher-api';
import { defaultGracePeriodSeconds, projectStatus, type PlanConfiguration } from '@virtkit/machine-plan';
import type { Client } from '@virtkit/sdk';
import type { GuestPoller } from '../guest-poller.ts';
import type { LauncherFinding, Launchers } from '../launchers/launchers.ts';
import type { NetworkProvider } from '../network/provider.ts';
import { boot } from './boot.ts';
import type { Pods } from './pods.ts';
import { planStep, shutdownReminder, type Step } from './plan.ts';

export interface ReconcilerOptions {
  client: Client;
  instances: Store<VirtualMachineInstance>;
  nodeName: string;
  launchers: Launchers;
  pods: Pods;
  guests: GuestPoller;
  /** How guests of this hypervisor get their network. */
  network: (hypervisor: string) => NetworkProvider;
  configuration: () => PlanConfiguration;
  recorder: EventRecorder;
}

/** A running machine is looked at this often even when nothing is heard of it, in milliseconds. */
const safetyNet = 60_000;

const kind = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance' };

/** What was seen in one pass. */
interface View {
  finding: LauncherFinding;
  machine: Machine | undefined;
  observed: Observed | undefined;
}

/** Brings the machines of this node in line with their instances: observe, plan, apply one step, project, one patch. */
export class InstanceReconciler {
  readonly #options: ReconcilerOptions;
  /** When each instance's guest was first asked to shut down, by UID, in milliseconds since the epoch. */
  readonly #stopRequested = new Map<string, number>();
  /** Addresses of the Pod by interface, by instance UID; looked up again after a restart of this program. */
  readonly #podAddresses = new Map<string, Record<string, string[]>>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Action> {
    const instance = this.#options.instances.get(key);
    if (instance === undefined) {
      await this.#forget(key);
      return done;
    }
    const podUid = this.#options.pods.of(key, instance, this.#options.nodeName);
    if (podUid === undefined) return done;

    const before = await this.#look(instance, podUid, context.signal);
    const step = this.#plan(instance, before, context);
    let view = before;
    let failure: unknown;
    try {
      view = await this.#apply(step, instance, podUid, before, context);
    } catch (error) {
      context.signal.throwIfAborted();
      failure = error;
    }
    this.#followGuest(key, view);
    // While the launcher comes up there is nothing to tell: the first patch says that the machine runs.
    const nothingSeen = step.kind === 'wait' && view.finding.kind === 'absent' && failure === undefined;
    if (!nothingSeen) await this.#report(key, instance, view, step, failure, context);
    if (failure !== undefined) throw failure;
    return this.#next(step, view);
  }

  async #forget(key: ObjectKey): Promise<void> {
    this.#options.guests.disconnected(key);
    const podUid = this.#options.pods.forget(key);
    if (podUid !== undefined) await this.#options.launchers.forget(podUid);
  }

  async #look(instance: VirtualMachineInstance, podUid: string, signal: AbortSignal): Promise<View> {
    const finding = await this.#options.launchers.look(podUid);
    if (finding.kind !== 'ready') return { finding, machine: undefined, observed: undefined };
    return { finding, ...(await observeMachine(finding.client, instance, signal)) };
  }

  #plan(instance: VirtualMachineInstance, { finding, observed }: View, { clock }: ReconcileContext): Step {
    const { metadata, spec, status } = instance;
    const asked = this.#stopRequested.get(metadata.uid ?? '');
    return planStep({
      phase: status?.phase ?? '',
      deleting: metadata.deletionTimestamp !== undefined,
      gracePeriodSeconds: spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds,
      launcher:
        finding.kind === 'ready'
          ? {
              kind: 'ready',
              terminating: finding.info.terminationRequestedAt !== undefined,
              machine: observed?.state,
            }
          : finding,
      // After a restart of this program the machine itself tells that it was asked.
      stopRequestedAt: asked ?? (observed?.state.kind === 'shutting-down' ? clock.now() : undefined),
      now: clock.now(),
    });
  }

  async #apply(
    step: Step,
    instance: VirtualMachineInstance,
    podUid: string,
    view: View,
    { clock, logger, signal }: ReconcileContext,
  ): Promise<View> {
    const { finding, machine } = view;
    if (step.kind === 'wait' || step.kind === 'lost' || step.kind === 'report' || finding.kind !== 'ready') {
      await this.#learnAddresses(instance, podUid, view, signal);
      return view;
    }
    logger.info('machine step', { instance: instance.metadata.name, step: step.kind });
    switch (step.kind) {
      case 'boot': {
        const network = await this.#prepareNetwork(instance, podUid, finding.client, signal);
        await boot(instance, finding.client, network, this.#options.configuration(), signal);
        this.#event(instance, 'Created', 'VirtualMachineInstance defined.');
        break;
      }
      case 'start':
        await machine?.start({ signal });
        break;
      case 'shut-down':
        if (this.#requestStop(instance, clock.now()))
          this.#event(instance, 'ShuttingDown', 'asked the guest to shut down');
        await machine?.stop('graceful', { signal });
        break;
      case 'kill':
        await machine?.stop('force', { signal });
        this.#event(instance, 'Deleted', 'ended the machine');
        break;
      case 'finish':
        await machine?.undefine({ signal });
        this.#stopRequested.delete(instance.metadata.uid ?? '');
        this.#podAddresses.delete(instance.metadata.uid ?? '');
        return { ...view, machine: undefined, observed: undefined };
    }
    return { finding, ...(await observeMachine(finding.client, instance, signal)) };
  }

  /** @returns whether this is the first request. */
  #requestStop({ metadata }: VirtualMachineInstance, now: number): boolean {
    const uid = metadata.uid ?? '';
    if (this.#stopRequested.has(uid)) return false;
    this.#stopRequested.set(uid, now);
    return true;
  }

  async #prepareNetwork(
    instance: VirtualMachineInstance,
    podUid: string,
    launcher: LauncherClient,
    signal: AbortSignal,
  ): ReturnType<NetworkProvider['prepare']> {
    const network = await this.#options.network(launcher.hypervisor.name).prepare(instance, podUid, signal);
    this.#podAddresses.set(instance.metadata.uid ?? '', network.podAddresses);
    return network;
  }

  /** A machine that an earlier run of this program booted: its network exists, making it again only reads it. */
  async #learnAddresses(
    instance: VirtualMachineInstance,
    podUid: string,
    { finding, observed }: View,
    signal: AbortSignal,
  ): Promise<void> {
    if (finding.kind !== 'ready' || observed?.state.kind !== 'running') return;
    if (this.#podAddresses.has(instance.metadata.uid ?? '')) return;
    await this.#prepareNetwork(instance, podUid, finding.client, signal);
  }

  #followGuest(key: ObjectKey, { machine, observed }: View): void {
    if (machine !== undefined && observed?.guestAgent.connected === true)
      this.#options.guests.connected(key, machine);
    else this.#options.guests.disconnected(key);
  }

  async #report(
    key: ObjectKey,
    instance: VirtualMachineInstance,
    { observed }: View,
    step: Step,
    failure: unknown,
    { clock, signal }: ReconcileContext,
  ): Promise<void> {
    const message =
      failure === undefined ? undefined : failure instanceof Error ? failure.message : String(failure);
    const status = projectStatus({
      instance,
      observed,
      lost: step.kind === 'lost',
      guest: this.#options.guests.info(key),
      podAddresses: this.#podAddresses.get(instance.metadata.uid ?? '') ?? {},
      failure: message,
      now: timestamp(clock),
    });
    if (message !== undefined) this.#event(instance, 'SyncFailed', message, 'Warning');
    const before = instance.status?.phase;
    const written = await patchIfChanged(
      this.#options.client.resource(resources.virtualMachineInstances),
      instance,
      { ...instance, status },
      { signal },
    );
    if (written === undefined || status.phase === before) return;
    if (status.phase === 'Running') this.#event(instance, 'Started', 'VirtualMachineInstance started.');
    if (status.phase === 'Succeeded')
      this.#event(instance, 'Stopped', 'The VirtualMachineInstance was shut down.');
    if (status.phase === 'Failed')
      this.#event(
        instance,
        'Stopped',
        step.kind === 'lost' ? step.message : 'The VirtualMachineInstance crashed.',
        'Warning',
      );
  }

  #event(
    instance: VirtualMachineInstance,
    reason: string,
    message: string,
    type: 'Normal' | 'Warning' = 'Normal',
  ): void {
    this.#options.recorder.record(instance, kind, { type, reason, message });
  }

  #next(step: Step, { finding, observed }: View): Action {
    switch (step.kind) {
      case 'wait':
        return requeue(step.afterMs);
      case 'shut-down':
        return requeue(shutdownReminder);
      case 'kill':
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

/** The instance's machine in its launcher; a machine that vanished between two questions is no machine. */
async function observeMachine(
  launcher: LauncherClient,
  instance: VirtualMachineInstance,
  signal: AbortSignal,
): Promise<{ machine: Machine | undefined; observed: Observed | undefined }> {
  const machine = await launcher.hypervisor.machine(instance.metadata.uid ?? '', { signal });
  if (machine === undefined) return { machine: undefined, observed: undefined };
  try {
    return { machine, observed: await machine.observe({ signal }) };
  } catch (error) {
    if (error instanceof HalError && error.code === 'not-found')
      return { machine: undefined, observed: undefined };
    throw error;
  }
}
