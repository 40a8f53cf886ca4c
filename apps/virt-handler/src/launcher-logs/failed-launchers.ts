import type { FileHandle } from 'node:fs/promises';
import type { FailedLauncher, Pod } from '@virtkit/core-types';
import {
  errorMessage,
  keyFor,
  timestamp,
  withFields,
  type Change,
  type Clock,
  type EventRecorder,
  type Logger,
  type Timer,
} from '@virtkit/controllers/runtime';
import type { KeptLogs } from './kept-logs.ts';
import { endOf, plainText } from './log-text.ts';
import { instanceOf, podFailure, type LauncherFailure } from './pod-failure.ts';
import type { PodIdentity, PodLogs } from './pod-logs.ts';

export interface FailedLaunchersOptions {
  nodeName: string;
  logs: PodLogs;
  kept: KeptLogs;
  recorder: EventRecorder;
  clock: Clock;
  logger: Logger;
}

/** A launcher's Pod of this node. */
interface Followed {
  readonly pod: PodIdentity;
  readonly instance: { readonly name: string; readonly uid: string };
  /** Its log, which is open so that it can still be read when the kubelet has removed it; with the one before a rotation. */
  files: readonly FileHandle[];
  failure: LauncherFailure | undefined;
  /** Whether everything that it wrote is kept. */
  isKept: boolean;
  /** One thing after the other. */
  work: Promise<void>;
}

/** How often logs that are too old are looked for, in milliseconds. */
const pruneInterval = 60 * 60_000;

/**
 * Keeps the logs of launchers that fail: the kubelet removes a Pod's log together with the Pod, which goes soon after its
 * launcher. A log is opened as soon as it is there, so nothing is lost when the Pod goes faster than this program looks.
 */
export class FailedLaunchers implements AsyncDisposable {
  readonly #options: FailedLaunchersOptions;
  readonly #followed = new Map<string, Followed>();
  readonly #closing = new Set<Promise<void>>();
  #timer: Timer | undefined;
  #pruning: Promise<void> = Promise.resolve();

  constructor(options: FailedLaunchersOptions) {
    this.#options = options;
    this.#prune();
  }

  /** Takes note of what happened to a Pod of this node. */
  podChanged({ kind, object }: Change<Pod>): void {
    const followed = this.#follow(object);
    if (followed === undefined) return;
    const failure = podFailure(object);
    if (kind === 'deleted') {
      this.#followed.delete(followed.pod.uid);
      if (failure !== undefined) followed.failure = { ...followed.failure, ...failure };
      this.#close(followed);
      return;
    }
    this.#then(followed, () => this.#open(followed));
    if (failure === undefined) return;
    followed.failure = { ...followed.failure, ...failure };
    // The launcher has ended: it writes nothing more.
    if (!followed.isKept) this.#then(followed, () => this.#keep(followed, true));
  }

  /** Keeps what the launcher of an instance has written so far, because the instance failed; and the rest when its Pod goes. */
  instanceFailed(podUid: string, message: string): void {
    const followed = this.#followed.get(podUid);
    if (followed === undefined || followed.failure !== undefined) return;
    followed.failure = { message };
    this.#then(followed, () => this.#keep(followed, false));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    for (const followed of this.#followed.values()) this.#then(followed, () => closeAll(followed));
    const works = [...this.#followed.values()].map(({ work }) => work);
    this.#followed.clear();
    await Promise.all([...works, ...this.#closing, this.#pruning]);
  }

  #follow(object: Pod): Followed | undefined {
    const { namespace, name, uid } = object.metadata;
    const instance = instanceOf(object);
    if (namespace === undefined || name === undefined || uid === undefined || instance === undefined)
      return undefined;
    const known = this.#followed.get(uid);
    if (known !== undefined) return known;
    const pod = { namespace, name, uid };
    const work = Promise.resolve();
    const fresh: Followed = { pod, instance, files: [], failure: undefined, isKept: false, work };
    this.#followed.set(uid, fresh);
    return fresh;
  }

  /** Does something for a Pod after what is being done for it; a failure is told, and does not stand in the way of the next. */
  #then(followed: Followed, what: () => Promise<void>): void {
    followed.work = followed.work.then(what).catch((error: unknown) => {
      const { pod, instance } = followed;
      const about = { key: keyFor(pod.namespace, instance.name), uid: instance.uid, pod: pod.name };
      withFields(this.#options.logger, about).warn('the log of a launcher cannot be kept', {
        error: errorMessage(error),
      });
    });
  }

  #close(followed: Followed): void {
    if (followed.failure !== undefined && !followed.isKept)
      this.#then(followed, () => this.#keep(followed, true));
    this.#then(followed, () => closeAll(followed));
    const closing = followed.work.then(() => void this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** Opens the log, or the new one when the kubelet has begun another. */
  async #open(followed: Followed): Promise<void> {
    const current = followed.files.at(-1);
    const found = await this.#options.logs.open(followed.pod);
    if (found === undefined) return;
    if (current !== undefined && (await sameFile(current, found))) return found.close();
    const [outdated] = followed.files.slice(-2, -1);
    followed.files = [...(current === undefined ? [] : [current]), found];
    await outdated?.close();
  }

  /** @param isWhole Whether the launcher has ended, so that nothing will follow */
  async #keep(followed: Followed, isWhole: boolean): Promise<void> {
    if (followed.isKept) return;
    const { kept, clock, logger, nodeName } = this.#options;
    const { pod, instance } = followed;
    await this.#open(followed);
    followed.failure = { failedAt: timestamp(clock), ...followed.failure };
    const launcher: FailedLauncher = {
      ...{ namespace: pod.namespace, name: instance.name, uid: instance.uid },
      ...{ pod: pod.name, podUID: pod.uid, node: nodeName },
      failedAt: timestamp(clock),
      ...followed.failure,
    };
    // A launcher that was never started has written nothing; of one that was kept by an earlier run, the log may be gone.
    if (followed.files.length === 0) return;
    const isNew = !(await kept.has(launcher));
    const ends = await Promise.all(followed.files.map((file) => endOf(file, kept.bytes)));
    const whole = Buffer.concat(ends);
    const text = plainText(whole.subarray(Math.max(0, whole.length - kept.bytes)).toString('utf8'));
    const path = await kept.keep(launcher, text);
    followed.isKept = isWhole;
    if (!isNew) return;
    const key = keyFor(pod.namespace, instance.name);
    logger.info('kept the log of a launcher that failed', { key, uid: instance.uid, pod: pod.name, path });
    this.#tell(launcher, path);
  }

  #tell({ namespace, name, uid, pod, node }: FailedLauncher, path: string): void {
    this.#options.recorder.record(
      { metadata: { namespace, name, uid } },
      { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance' },
      {
        type: 'Normal',
        reason: 'LauncherLogKept',
        message: `The log of the failed launcher in pod ${pod} is kept on node ${node} as ${path}; \`virtkit logs ${name} --previous\` shows it.`,
      },
    );
  }

  #prune(): void {
    const { clock, kept, logger } = this.#options;
    this.#pruning = kept.prune().catch((error: unknown) => {
      logger.warn('old logs of launchers cannot be removed', { error: errorMessage(error) });
    });
    this.#timer = clock.schedule(() => this.#prune(), pruneInterval);
  }
}

async function sameFile(one: FileHandle, other: FileHandle): Promise<boolean> {
  const [a, b] = await Promise.all([one.stat({ bigint: true }), other.stat({ bigint: true })]);
  return a.dev === b.dev && a.ino === b.ino;
}

async function closeAll(followed: Followed): Promise<void> {
  const { files } = followed;
  followed.files = [];
  for (const file of files) await file.close();
}
