import type { Container, Pod } from '@virtkit/core-types';
import { open, rename, rm } from 'node:fs/promises';
import { EmbeddedNodeError, isEmbeddedNodeError, isSystemError } from '../errors.ts';
import { moveMarks } from '../logs/log-index.ts';
import type { PodNetwork } from '../network/network.ts';
import type { ContainerExit, ContainerProcess } from '../sandbox/container-process.ts';
import { adoptContainer, launchContainer } from '../sandbox/launcher.ts';
import type { ContainerView } from './container-plan.ts';
import { prepareContainer } from './container-start.ts';
import type { KubeletContext } from './context.ts';
import type { PodRecord, RecordedExit } from './pod-record.ts';
import type { ContainerObservation } from './pod-status.ts';

/** Why a container does not start, and when to try again. */
interface Problem {
  readonly reason: string;
  readonly message: string;
  readonly failures: number;
  readonly retryAt: number;
}

/** Bytes of a log's end that become a termination message (Kubernetes: at most 2048). */
const messageBytes = 2048;

/** One container of a Pod through all its starts. */
export class ContainerRuntime {
  readonly #context: KubeletContext;
  readonly #record: PodRecord;
  readonly #save: () => Promise<void>;
  readonly #onExit: () => void;
  readonly #name: string;
  #process: ContainerProcess | undefined;
  #exit: RecordedExit | undefined;
  #problem: Problem | undefined;
  #image = { reference: '', id: '' };

  constructor(
    context: KubeletContext,
    record: PodRecord,
    name: string,
    callbacks: { save: () => Promise<void>; onExit: () => void },
  ) {
    this.#context = context;
    this.#record = record;
    this.#name = name;
    this.#save = callbacks.save;
    this.#onExit = callbacks.onExit;
  }

  /** The running or ended process of the latest start. */
  get process(): ContainerProcess | undefined {
    return this.#process;
  }

  get running(): boolean {
    return this.#process !== undefined && this.#exit === undefined;
  }

  /** Milliseconds until a failed start is tried again; undefined when there is none. */
  retryAfter(now: number): number | undefined {
    return this.#problem === undefined ? undefined : Math.max(0, this.#problem.retryAt - now);
  }

  /** Finds what an earlier kubelet started. */
  async adopt(): Promise<void> {
    const recorded = this.#record.containers[this.#name];
    if (recorded === undefined) return;
    const attempt = this.#layout().attempt(this.#name, recorded.attempt);
    this.#process = await adoptContainer(this.#id(recorded.attempt), attempt);
    this.#follow();
  }

  /** Takes note of an end. */
  async observe(container: Container | undefined): Promise<void> {
    if (this.#process === undefined || this.#exit !== undefined) return;
    const exit = await this.#process.exit();
    if (exit !== undefined) this.#exit = await this.#recordedExit(this.#process, exit, container);
  }

  view(): ContainerView {
    if (this.#process === undefined) return { state: 'waiting' };
    const startedAt = this.#process.startedAt;
    if (this.#exit === undefined) return { state: 'running', startedAt };
    return {
      state: 'ended',
      exitCode: this.#exit.exitCode,
      startedAt,
      finishedAt: new Date(this.#exit.finishedAt),
      restarts: this.#record.containers[this.#name]?.restarts ?? 0,
    };
  }

  observation(container: Container, state: { ready: boolean; backingOff: boolean }): ContainerObservation {
    const recorded = this.#record.containers[this.#name];
    const common = {
      restarts: recorded?.restarts ?? 0,
      image: container.image ?? '',
      imageID: this.#image.id,
      previous: state.backingOff ? this.#exit : recorded?.previous,
      ...(this.#process === undefined
        ? {}
        : { containerID: `virtkit://${this.#id(recorded?.attempt ?? 0).replaceAll('/', '-')}` }),
    };
    if (this.#problem !== undefined)
      return {
        ...common,
        state: { type: 'waiting', reason: this.#problem.reason, message: this.#problem.message },
      };
    if (this.#process === undefined)
      return { ...common, state: { type: 'waiting', reason: 'ContainerCreating' } };
    if (this.#exit === undefined)
      return {
        ...common,
        state: { type: 'running', startedAt: this.#process.startedAt, ready: state.ready },
      };
    if (state.backingOff)
      return {
        ...common,
        state: { type: 'waiting', reason: 'CrashLoopBackOff', message: 'waits before it is started again' },
      };
    return { ...common, state: { type: 'terminated', exit: this.#exit } };
  }

  /** Starts the container, after the end of an earlier start if there was one. Gives false when that failed. */
  async start(pod: Pod, container: Container, network: PodNetwork): Promise<boolean> {
    if (this.#problem !== undefined && this.#problem.retryAt > Date.now()) return false;
    const before = this.#record.containers[this.#name];
    const attemptNumber = before === undefined ? 0 : before.attempt + 1;
    const id = this.#id(attemptNumber);
    const attempt = this.#layout().attempt(this.#name, attemptNumber);
    try {
      const { specification, image } = await prepareContainer({
        context: this.#context,
        pod,
        container,
        network,
        id,
        attempt,
      });
      const again = this.#exit !== undefined;
      this.#record.containers[this.#name] = {
        attempt: attemptNumber,
        restarts: (before?.restarts ?? 0) + (again ? 1 : 0),
        previous: this.#exit ?? before?.previous,
      };
      await this.#save();
      if (again) await this.#keepLog();
      this.#exit = undefined;
      this.#process = undefined;
      this.#image = { reference: image.reference, id: image.id };
      this.#process = await launchContainer(specification, attempt, this.#context.hostLayout, this.#context);
      this.#problem = undefined;
      this.#follow();
      if (before !== undefined)
        await rm(this.#layout().attempt(this.#name, before.attempt).folder, { recursive: true, force: true });
      return true;
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.#fail(error);
      return false;
    }
  }

  /** Asks the program to end; without one the container is ended at once. */
  async terminate(): Promise<void> {
    if (this.running && !(await this.#process!.signal('SIGTERM'))) await this.kill();
  }

  /** Ends the container and waits until it has. */
  async kill(): Promise<void> {
    if (this.#process === undefined) return;
    await this.#process.kill();
    await this.#process.waitForExit();
  }

  #fail(error: unknown): void {
    const failures = (this.#problem?.failures ?? 0) + 1;
    const reason = waitingReason(error, failures);
    if (reason === undefined) throw error;
    const delay = Math.min(2_000 * 2 ** (failures - 1), 60_000);
    const message = error instanceof Error ? error.message : String(error);
    this.#problem = { reason, message, failures, retryAt: Date.now() + delay };
    this.#context.logger.warn('a container does not start', {
      pod: this.#record.name,
      container: this.#name,
      reason,
      message,
    });
  }

  #follow(): void {
    const process = this.#process;
    if (process === undefined) return;
    const { signal } = this.#context;
    process.waitForExit({ signal }).then(
      () => this.#onExit(),
      (error: unknown) => {
        if (!signal.aborted)
          this.#context.logger.error('a container cannot be followed', { error: String(error) });
      },
    );
  }

  async #recordedExit(
    process: ContainerProcess,
    exit: ContainerExit,
    container: Container | undefined,
  ): Promise<RecordedExit> {
    const failed = exit.exitCode !== 0;
    const reasons = {
      exited: failed ? 'Error' : 'Completed',
      'not-started': 'StartError',
      lost: 'ContainerStatusUnknown',
    };
    const tells =
      exit.type === 'not-started' ||
      (failed && container?.terminationMessagePolicy === 'FallbackToLogsOnError');
    const message = tells ? await endOfFile(this.#layout().log(this.#name)) : '';
    return {
      exitCode: exit.exitCode,
      reason: reasons[exit.type],
      ...(message === '' ? {} : { message }),
      startedAt: process.startedAt.toISOString().replace(/\.\d+Z$/, 'Z'),
      finishedAt: exit.finishedAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    };
  }

  async #keepLog(): Promise<void> {
    const layout = this.#layout();
    try {
      await rename(layout.log(this.#name), layout.previousLog(this.#name));
      await moveMarks(layout.log(this.#name), layout.previousLog(this.#name));
    } catch (error) {
      // A container that never came up has no log, and one that ended at once no marks.
      if (!isSystemError(error, 'ENOENT')) throw error;
    }
  }

  #layout() {
    return this.#context.layout.pod(this.#record.uid);
  }

  #id(attempt: number): string {
    return `${this.#record.uid}/${this.#name}/${attempt}`;
  }
}

/** The reason under which kubectl shows it; undefined for what is no matter of this container. */
function waitingReason(error: unknown, failures: number): string | undefined {
  if (!(error instanceof EmbeddedNodeError)) return undefined;
  if (isEmbeddedNodeError(error, 'InvalidImageName')) return 'InvalidImageName';
  if (isEmbeddedNodeError(error, 'ImageNotFound', 'ImageInvalid'))
    return failures === 1 ? 'ErrImagePull' : 'ImagePullBackOff';
  if (isEmbeddedNodeError(error, 'ConfigMissing', 'Unsupported')) return 'CreateContainerConfigError';
  if (isEmbeddedNodeError(error, 'StartFailed', 'CommandFailed', 'CommandMissing'))
    return 'RunContainerError';
  return undefined;
}

async function endOfFile(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const from = Math.max(0, size - messageBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(messageBytes), 0, messageBytes, from);
    return buffer.subarray(0, bytesRead).toString('utf8').trim();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return '';
    throw error;
  }
}
