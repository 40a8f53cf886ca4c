import { HalError } from '@virtkit/hal';
import type { GuestBehaviour } from './behaviour.ts';
import type { Scheduler } from './scheduler.ts';
import { Timeline } from './timeline.ts';

/** What a guest does that its hypervisor notices. */
export interface GuestOutside {
  console(text: string | Buffer): void;
  agent(connected: boolean): void;
  /** The guest switched itself off, or died. */
  ended(reason: 'shutdown' | 'crashed' | 'panicked'): void;
  /** The guest restarts; it boots again unless the machine ends with it. */
  rebooted(): void;
  /** The guest stays, but its hypervisor pauses or reports it. */
  trouble(kind: 'io-error' | 'watchdog'): void;
}

/** What a user of the guest may log in with. */
interface Account {
  /** Public SSH keys. */
  keys: string[];
  password: string;
}

/**
 * The simulated software inside a machine.
 *
 * ```
 *   booting --last boot stage--> up --shutdown asked--> leaving --> off
 *      ^                          |                       |
 *      +--------- reboot ---------+-----------------------+ (reboot asked)
 * ```
 */
export class VirtualGuest {
  readonly #behaviour: GuestBehaviour;
  readonly #scheduler: Scheduler;
  readonly #outside: GuestOutside;
  #timeline: Timeline;
  #phase: 'booting' | 'up' | 'leaving' | 'off' = 'booting';
  #request: 'shutdown' | 'reboot' | undefined;
  #agentConnected = false;
  #frozen = false;
  #cancelThaw: (() => void) | undefined;
  #pausedAt: number | undefined;
  #clockBehindMs = 0;
  readonly #accounts = new Map<string, Account>([['root', { keys: [], password: '' }]]);

  /** @param options.elapsedMs How long it has been running already: an adopted guest does not boot again. */
  constructor(
    behaviour: GuestBehaviour,
    scheduler: Scheduler,
    outside: GuestOutside,
    options: { elapsedMs?: number; paused?: boolean } = {},
  ) {
    this.#behaviour = behaviour;
    this.#scheduler = scheduler;
    this.#outside = outside;
    this.#timeline = new Timeline(scheduler, options);
    this.#boot(options.elapsedMs ?? 0);
  }

  get agentConnected(): boolean {
    return this.#agentConnected;
  }

  /** A user of the guest. @throws HalError `guest-agent-failed` where there is none of this name. */
  account(user: string): Account {
    const account = this.#accounts.get(user);
    if (account !== undefined) return account;
    throw new HalError('guest-agent-failed', `the guest has no user ${user}`);
  }

  /** Milliseconds for which it has run: not while it was paused. */
  get ranMs(): number {
    return this.#timeline.elapsed();
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Its agent freezes the file systems; a thaw that is due counts by the host's clock, not by the guest's. */
  freeze(thawAfterMs: number): void {
    if (this.#frozen) return;
    this.#frozen = true;
    if (thawAfterMs > 0) this.#cancelThaw = this.#scheduler.schedule(thawAfterMs, () => this.thaw());
  }

  thaw(): void {
    this.#cancelThaw?.();
    this.#cancelThaw = undefined;
    this.#frozen = false;
  }

  /** What time it is inside: a clock that stood still is behind until the agent is told the time. */
  get now(): number {
    const since = this.#pausedAt === undefined ? 0 : this.#scheduler.now() - this.#pausedAt;
    return this.#scheduler.now() - this.#clockBehindMs - since;
  }

  pause(): void {
    this.#pausedAt ??= this.#scheduler.now();
    this.#timeline.pause();
  }

  resume(): void {
    if (this.#pausedAt !== undefined) this.#clockBehindMs += this.#scheduler.now() - this.#pausedAt;
    this.#pausedAt = undefined;
    if (this.#agentConnected) this.#clockBehindMs = 0;
    this.#timeline.resume();
  }

  /** The power button. A guest that is still booting obeys when it is up. */
  shutdown(): void {
    this.#ask('shutdown');
  }

  reboot(): void {
    this.#ask('reboot');
  }

  /** A disk is to leave. A guest that is still booting does not hear of it, and some never obey. */
  unplug(letGo: () => void): void {
    const { obeys, afterMs } = this.#behaviour.unplug;
    if (this.#phase === 'up' && obeys) this.#timeline.after(afterMs, letGo);
  }

  /** The reset button: everything starts over at once. */
  reset(): void {
    this.#restart();
  }

  input(bytes: Buffer): void {
    if (this.#phase !== 'off' && this.#behaviour.console === 'echo') this.#write(bytes);
  }

  /** The plug is pulled: nothing happens in this guest any more. */
  end(): void {
    this.#phase = 'off';
    this.#agentConnected = false;
    this.thaw();
    this.#timeline.end();
  }

  #boot(elapsedMs: number): void {
    const { boot, agentAfterMs, incidents } = this.#behaviour;
    const bootedAt = Math.max(0, ...boot.map(({ afterMs }) => afterMs));
    for (const stage of boot) {
      if (stage.afterMs >= elapsedMs) this.#timeline.at(stage.afterMs, () => this.#write(stage.console));
    }
    for (const { afterMs, kind } of incidents) {
      if (afterMs >= elapsedMs) this.#timeline.at(afterMs, () => this.#incident(kind));
    }
    if (elapsedMs > bootedAt) this.#up();
    else this.#timeline.at(bootedAt, () => this.#up());
    if (agentAfterMs === null) return;
    if (elapsedMs > agentAfterMs) this.#agentConnected = true;
    else this.#timeline.at(agentAfterMs, () => this.#setAgent(true));
  }

  #up(): void {
    this.#phase = 'up';
    this.#obey();
  }

  #ask(request: 'shutdown' | 'reboot'): void {
    // The power button counts more than a reboot that was asked for before.
    if (this.#request !== 'shutdown') this.#request = request;
    this.#obey();
  }

  #obey(): void {
    const { obeys, afterMs } = this.#behaviour.shutdown;
    if (this.#phase !== 'up' || this.#request === undefined || !obeys) return;
    this.#phase = 'leaving';
    this.#timeline.after(afterMs, () => {
      if (this.#request === 'shutdown') this.#finish('shutdown');
      else this.#rebootNow();
    });
  }

  #incident(kind: GuestBehaviour['incidents'][number]['kind']): void {
    switch (kind) {
      case 'shutdown':
        return this.#finish('shutdown');
      case 'reboot':
        return this.#rebootNow();
      case 'crash':
        return this.#finish('crashed');
      case 'panic':
        this.#write('mock kernel: panic - not syncing: scripted\r\n');
        return this.#finish('panicked');
      case 'io-error':
      case 'watchdog':
        return this.#outside.trouble(kind);
      case 'agent-lost':
        return this.#setAgent(false);
    }
  }

  #rebootNow(): void {
    this.#restart();
    this.#outside.rebooted();
  }

  #restart(): void {
    this.#timeline.end();
    this.thaw();
    this.#setAgent(false);
    this.#phase = 'booting';
    this.#request = undefined;
    this.#timeline = new Timeline(this.#scheduler);
    this.#boot(0);
  }

  #finish(reason: 'shutdown' | 'crashed' | 'panicked'): void {
    this.end();
    this.#outside.ended(reason);
  }

  #setAgent(connected: boolean): void {
    if (this.#agentConnected === connected) return;
    this.#agentConnected = connected;
    this.#outside.agent(connected);
  }

  #write(text: string | Buffer): void {
    if (this.#behaviour.console !== 'silent') this.#outside.console(text);
  }
}
