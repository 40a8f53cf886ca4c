import type { DomainHandle, NativeBinding } from './binding.ts';
import { type CallOptions, untilAborted } from './call-options.ts';
import type { DomainBlockInfo, DomainBlockJobInfo } from './domain-data.ts';
import { BlockResize } from './flags.ts';
import type { TypedParameters } from './typed-parameters.ts';

/** Which part of a backing chain to merge; ends that are left out are the chain's own. */
export interface BlockCommitRange {
  /** Target name with index (`vda[2]`) or path of the image to keep. */
  base?: string;
  /** Image to merge down. */
  top?: string;
  /** MiB/s; 0 (default) means no limit. */
  bandwidth?: number;
}

/** A domain's disks. `disk` is the target name (`vda`) or the path of the source. */
export class DomainBlock {
  readonly #binding: NativeBinding;
  readonly #handle: DomainHandle;

  /** Use `Domain.block`. */
  constructor(binding: NativeBinding, handle: DomainHandle) {
    this.#binding = binding;
    this.#handle = handle;
  }

  info(disk: string, options?: CallOptions): Promise<DomainBlockInfo> {
    return untilAborted(options, () => this.#binding.domainGetBlockInfo(this.#handle, disk));
  }

  /** Grows the disk of a running domain to this many bytes. */
  resize(disk: string, bytes: number, options?: CallOptions): Promise<void> {
    return untilAborted(options, () =>
      this.#binding.domainBlockResize(this.#handle, disk, bytes, BlockResize.bytes),
    );
  }

  /** Counters as libvirt names them: `rd_bytes`, `rd_operations`, `wr_total_times` (ns), ... */
  stats(disk: string, options?: CallOptions): Promise<TypedParameters> {
    return untilAborted(options, () => this.#binding.domainBlockStatsFlags(this.#handle, disk));
  }

  /** Starts a commit job; a `block-job` event tells its end. `flags`: `BlockCommit`. */
  commit(disk: string, range: BlockCommitRange = {}, flags = 0, options?: CallOptions): Promise<void> {
    const { base, top, bandwidth = 0 } = range;
    return untilAborted(options, () =>
      this.#binding.domainBlockCommit(this.#handle, disk, base, top, bandwidth, flags),
    );
  }

  /** Cancels the disk's job, or with `BlockJobAbort.pivot` completes it. */
  abortJob(disk: string, flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainBlockJobAbort(this.#handle, disk, flags));
  }

  /** The disk's job; undefined when there is none. */
  jobInfo(disk: string, options?: CallOptions): Promise<DomainBlockJobInfo | undefined> {
    return untilAborted(options, () => this.#binding.domainGetBlockJobInfo(this.#handle, disk));
  }

  /** Starts a backup (and with `checkpointXml` a checkpoint at the same moment). `flags`: `BackupBegin`. */
  backupBegin(backupXml: string, checkpointXml?: string, flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () =>
      this.#binding.domainBackupBegin(this.#handle, backupXml, checkpointXml, flags),
    );
  }

  /** XML of the running backup. @throws LibvirtError `no-backup` */
  backupXml(options?: CallOptions): Promise<string> {
    return untilAborted(options, () => this.#binding.domainBackupGetXMLDesc(this.#handle));
  }

  /** Makes a checkpoint. @returns its name */
  createCheckpoint(xml: string, flags = 0, options?: CallOptions): Promise<string> {
    return untilAborted(options, () => this.#binding.domainCheckpointCreateXML(this.#handle, xml, flags));
  }

  /** @throws LibvirtError `no-checkpoint` */
  deleteCheckpoint(name: string, flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainCheckpointDelete(this.#handle, name, flags));
  }

  /** Names of the checkpoints. */
  checkpoints(flags = 0, options?: CallOptions): Promise<string[]> {
    return untilAborted(options, () => this.#binding.domainListAllCheckpoints(this.#handle, flags));
  }
}
