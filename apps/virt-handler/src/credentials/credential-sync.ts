import { createHash } from 'node:crypto';
import { errorMessage, type Clock, type Logger, type Timer } from '@virtkit/controllers/runtime';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { GuestAgentFacet, Machine } from '@virtkit/hal';
import type { LauncherClient } from '@virtkit/launcher-api';
import { agentCredentials, agentSecrets, type SecretContents } from '@virtkit/machine-plan';
import { secretContent } from '../reconcile/secrets.ts';

/** How the last attempt to tell a guest its users' keys and passwords went. */
export type CredentialOutcome = { synchronized: true } | { synchronized: false; message: string };

/** What an event says of an outcome (KubeVirt lifecycle, events). */
export function credentialEvent(outcome: CredentialOutcome): {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
} {
  return outcome.synchronized
    ? { type: 'Normal', reason: 'AccessCredentialsSyncSuccess', message: 'told the guest its credentials' }
    : { type: 'Warning', reason: 'AccessCredentialsSyncFailed', message: outcome.message };
}

export interface CredentialSyncOptions {
  clock: Clock;
  logger: Logger;
  /** The outcome for this instance is another one than before. */
  onChange(key: string, instance: VirtualMachineInstance, outcome: CredentialOutcome): void;
}

/** Whose credentials are followed, and by whom they are told. */
export interface CredentialSubject {
  instance: VirtualMachineInstance;
  launcher: LauncherClient;
  machine: Machine;
}

interface Following {
  subject: CredentialSubject;
  outcome: CredentialOutcome | undefined;
  /** Digest of each thing that the guest was told: a Secret's content is not kept. */
  readonly told: Map<string, string>;
  readonly stop: AbortController;
  timer: Timer | undefined;
}

/** KubeVirt: pause after a failure, in milliseconds. Mounted Secrets are looked at as often: nothing announces a change of them. */
const pause = 15_000;
/** How long one round may take, in milliseconds. */
const longestRound = 60_000;

/**
 * Tells guests the keys and passwords of their users, which stand in Secrets that the launcher's Pod has mounted, and tells them
 * again when those change. Beside reconciliation, so that a slow guest never holds anybody up.
 */
export class CredentialSync implements Disposable {
  readonly #options: CredentialSyncOptions;
  readonly #following = new Map<string, Following>();

  constructor(options: CredentialSyncOptions) {
    this.#options = options;
  }

  /** How it went last; undefined while nothing was tried or nothing is to be told. */
  outcome(key: string): CredentialOutcome | undefined {
    return this.#following.get(key)?.outcome;
  }

  /** The guest's agent is there: begins, or goes on. */
  connected(key: string, subject: CredentialSubject): void {
    if (agentSecrets(subject.instance.spec).length === 0) return;
    const known = this.#following.get(key);
    if (known !== undefined) {
      known.subject = subject;
      return;
    }
    const following: Following = {
      subject,
      outcome: undefined,
      told: new Map(),
      stop: new AbortController(),
      timer: undefined,
    };
    this.#following.set(key, following);
    void this.#round(key, following);
  }

  /** The agent is gone, and perhaps the guest with what it was told: begins anew when it is back. */
  disconnected(key: string): void {
    const following = this.#following.get(key);
    if (following === undefined) return;
    following.stop.abort();
    following.timer?.cancel();
    this.#following.delete(key);
  }

  [Symbol.dispose](): void {
    for (const key of [...this.#following.keys()]) this.disconnected(key);
  }

  async #round(key: string, following: Following): Promise<void> {
    const { stop } = following;
    const outcome = await this.#attempt(key, following);
    if (stop.signal.aborted) return;
    if (JSON.stringify(outcome) !== JSON.stringify(following.outcome)) {
      following.outcome = outcome;
      this.#options.onChange(key, following.subject.instance, outcome);
    }
    following.timer = this.#options.clock.schedule(() => void this.#round(key, following), pause);
  }

  async #attempt(key: string, following: Following): Promise<CredentialOutcome> {
    const signal = AbortSignal.any([following.stop.signal, AbortSignal.timeout(longestRound)]);
    try {
      await synchronize(following, signal);
      return { synchronized: true };
    } catch (error) {
      const message = errorMessage(error);
      if (!following.stop.signal.aborted)
        this.#options.logger.debug('a guest was not told its credentials', { key, error: message });
      return { synchronized: false, message };
    }
  }
}

/** Tells what is new. @throws HalError of the first thing that the guest does not take, after all others */
async function synchronize({ subject, told }: Following, signal: AbortSignal): Promise<void> {
  const { instance, launcher, machine } = subject;
  const secrets = agentSecrets(instance.spec);
  const facts = await launcher.facts({ credentials: secrets }, { signal });
  const contents: SecretContents = Object.fromEntries(
    secrets.map((name) => [name, secretContent(name, facts)]),
  );
  const { keys, passwords } = agentCredentials(instance.spec, contents);
  const failures: unknown[] = [];
  const tell = async (what: string, content: unknown, work: (agent: GuestAgentFacet) => Promise<void>) => {
    const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    if (told.get(what) === digest) return;
    try {
      await work(machine.facet('guestAgent'));
      told.set(what, digest);
    } catch (error) {
      signal.throwIfAborted();
      failures.push(error);
    }
  };
  for (const [user, wanted] of keys)
    await tell(`keys of ${user}`, wanted, (agent) => agent.setAuthorizedKeys(user, wanted, { signal }));
  for (const [user, password] of passwords)
    await tell(`password of ${user}`, password, (agent) => agent.setPassword(user, password, { signal }));
  if (failures.length > 0) throw failures[0];
}
