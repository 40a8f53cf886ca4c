import type { DomainHandle, NativeBinding } from './binding.ts';
import { type CallOptions, untilAborted } from './call-options.ts';
import type { GuestFilesystem, GuestInterface } from './domain-data.ts';
import { AddressSource } from './flags.ts';
import type { TypedParameters } from './typed-parameters.ts';

/**
 * What the QEMU guest agent of a domain can do and tell. Without a connected agent calls reject with
 * `agent-unresponsive`; `operation-invalid` when the domain does not run, `argument-unsupported` when it has no agent channel.
 */
export class DomainGuest {
  readonly #binding: NativeBinding;
  readonly #handle: DomainHandle;

  /** Use `Domain.guest`. */
  constructor(binding: NativeBinding, handle: DomainHandle) {
    this.#binding = binding;
    this.#handle = handle;
  }

  /**
   * Sends one agent command (JSON, e.g. `{"execute":"guest-ping"}`) and returns the agent's JSON answer.
   * `timeoutSeconds`: libvirt's default (5 s) when left out, `Infinity` waits for ever.
   */
  agentCommand(command: string, options: CallOptions & { timeoutSeconds?: number } = {}): Promise<string> {
    return untilAborted(options, () =>
      this.#binding.domainQemuAgentCommand(this.#handle, command, agentTimeout(options.timeoutSeconds)),
    );
  }

  /** Sends one QMP command (JSON) to QEMU, or with `human` one line of the monitor's text protocol. */
  monitorCommand(command: string, options: CallOptions & { human?: boolean } = {}): Promise<string> {
    return untilAborted(options, () =>
      this.#binding.domainQemuMonitorCommand(this.#handle, command, options.human ?? false),
    );
  }

  /** The guest's host name. */
  hostname(options?: CallOptions): Promise<string> {
    return untilAborted(options, () => this.#binding.domainGetHostname(this.#handle, 0));
  }

  /** Interfaces with addresses. `source`: `AddressSource`, by default the agent. */
  interfaceAddresses(source: number = AddressSource.agent, options?: CallOptions): Promise<GuestInterface[]> {
    return untilAborted(options, () => this.#binding.domainInterfaceAddresses(this.#handle, source));
  }

  /** Freezes filesystems, all when none is named. @returns how many are frozen */
  freeze(mountpoints: readonly string[] = [], options?: CallOptions): Promise<number> {
    return untilAborted(options, () => this.#binding.domainFSFreeze(this.#handle, mountpoints));
  }

  /** Thaws filesystems, all when none is named. @returns how many were thawed */
  thaw(mountpoints: readonly string[] = [], options?: CallOptions): Promise<number> {
    return untilAborted(options, () => this.#binding.domainFSThaw(this.#handle, mountpoints));
  }

  /** Mounted filesystems. */
  filesystems(options?: CallOptions): Promise<GuestFilesystem[]> {
    return untilAborted(options, () => this.#binding.domainGetFSInfo(this.#handle));
  }

  /** Users, OS, timezone, hostname, filesystems, ... in one call. `groups`: `GuestInfo`, 0 for all. */
  info(groups = 0, options?: CallOptions): Promise<TypedParameters> {
    return untilAborted(options, () => this.#binding.domainGetGuestInfo(this.#handle, groups));
  }
}

/** Seconds as libvirt wants them: -1 its default, -2 for ever (`VIR_DOMAIN_QEMU_AGENT_COMMAND_*`). */
function agentTimeout(seconds: number | undefined): number {
  if (seconds === undefined) return -1;
  return seconds === Infinity ? -2 : Math.ceil(seconds);
}
