import type { DomainHandle, NativeBinding } from './binding.ts';
import { type CallOptions, untilAborted } from './call-options.ts';
import type { DomainJobInfo } from './domain-data.ts';
import { type MigrationParameters, migrationParameters, type TypedParameters } from './typed-parameters.ts';

/** Live migration and the one job (migration, backup, dump, ...) that a domain can run at a time. */
export class DomainMigration {
  readonly #binding: NativeBinding;
  readonly #handle: DomainHandle;

  /** Use `Domain.migration`. */
  constructor(binding: NativeBinding, handle: DomainHandle) {
    this.#binding = binding;
    this.#handle = handle;
  }

  /**
   * Migrates and settles when it is over; it occupies one of the connection's calls as long as it lasts.
   * `flags`: `Migrate`. A domain of an embedded connection (`qemu:///embed`) can leave, but none can arrive there.
   */
  toUri(
    destination: string | undefined,
    parameters: MigrationParameters,
    flags: number,
    options?: CallOptions,
  ): Promise<void> {
    return untilAborted(options, () =>
      this.#binding.domainMigrateToURI3(this.#handle, destination, migrationParameters(parameters), flags),
    );
  }

  /** How long the guest may stand still at the switch, in milliseconds. Only while a migration runs. */
  setMaxDowntime(milliseconds: number, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainMigrateSetMaxDowntime(this.#handle, milliseconds));
  }

  /** Bandwidth in MiB/s. */
  setMaxSpeed(mibPerSecond: number, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainMigrateSetMaxSpeed(this.#handle, mibPerSecond, 0));
  }

  /** Switches a migration that was started with `Migrate.postcopy` to its post-copy phase. */
  startPostcopy(options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainMigrateStartPostCopy(this.#handle));
  }

  /** Progress of the running job. */
  jobInfo(options?: CallOptions): Promise<DomainJobInfo> {
    return untilAborted(options, () => this.#binding.domainGetJobInfo(this.#handle));
  }

  /** The job in more detail, or the last finished one. `flags`: `JobStatsFlag`; `type`: `virDomainJobType`. */
  jobStats(flags = 0, options?: CallOptions): Promise<{ type: number; stats: TypedParameters }> {
    return untilAborted(options, () => this.#binding.domainGetJobStats(this.#handle, flags));
  }

  /** Cancels the running job. @throws LibvirtError `operation-invalid` when there is none */
  abortJob(options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainAbortJob(this.#handle));
  }
}
