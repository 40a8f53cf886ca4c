import { errorMessage, toError } from '@virtkit/controllers/runtime';
import type { VirtualMachineInstance, VolumeStatus } from '@virtkit/core-types';
import type { Machine, Observed } from '@virtkit/hal';
import type { LauncherClient } from '@virtkit/launcher-api';
import {
  isPluggable,
  noPluggedVolumes,
  planHotplug,
  type DiskChange,
  type ImageFact,
  type MachineFacts,
  type MemoryDumpSight,
  type PluggedVolumes,
} from '@virtkit/machine-plan';
import { imageFacts } from '../reconcile/boot.ts';
import type { ClaimFolders } from './claim-folder.ts';
import { dumpMemory } from './memory-dump.ts';
import { PluggedFiles } from './plugged-files.ts';

export interface VolumePluggingOptions {
  kubeletRoot: string;
  claims: ClaimFolders;
  /** User that launchers run as; undefined where this process may not give files away. */
  owner: number | undefined;
}

/** A machine that may get and lose volumes. */
export interface PluggingSubject {
  instance: VirtualMachineInstance;
  podUid: string;
  launcher: LauncherClient;
  machine: Machine;
  observed: Observed;
}

/** What became of a machine's volumes in one pass. */
export interface PluggingOutcome {
  plugged: PluggedVolumes;
  /** The machine afterwards. */
  observed: Observed;
  /** Whether something is under way that tells nobody when it is over. */
  unsettled: boolean;
  /** What could not be done; the other volumes are unaffected. */
  failures: Error[];
}

/** Volumes of running machines: their files come into the launcher's Pod, then into the guest; and back. */
export class VolumePlugging {
  readonly #options: VolumePluggingOptions;

  constructor(options: VolumePluggingOptions) {
    this.#options = options;
  }

  /** One pass. Instances without such volumes cost nothing. */
  async follow(subject: PluggingSubject, signal: AbortSignal): Promise<PluggingOutcome> {
    const { instance, observed, podUid } = subject;
    const entries = (instance.status?.volumeStatus ?? []).filter(({ hotplugVolume }) => hotplugVolume);
    const alive = observed.state.kind === 'running' || observed.state.kind === 'paused';
    if (!alive || (entries.length === 0 && !isUnplugging(instance, observed)))
      return { plugged: noPluggedVolumes, observed, unsettled: false, failures: [] };
    const files = new PluggedFiles(this.#options.kubeletRoot, podUid, this.#options.owner);
    return new Pass(subject, entries, files, this.#options.claims, signal).run();
  }
}

/** A disk that the guest has not let go may be all that is left of a volume. */
function isUnplugging(instance: VirtualMachineInstance, { disks }: Observed): boolean {
  return disks.some(({ leaving }) => leaving === true) && instance.spec.domain.devices.disks !== undefined;
}

/** What one pass over the volumes of one machine has found out. */
class Pass {
  readonly #subject: PluggingSubject;
  readonly #entries: readonly VolumeStatus[];
  readonly #files: PluggedFiles;
  readonly #claims: ClaimFolders;
  readonly #signal: AbortSignal;
  readonly #failures: Error[] = [];
  readonly #dumps = new Map<string, MemoryDumpSight>();
  /** Volumes for memory dumps whose claim can be written to. */
  readonly #dumpVolumes = new Set<string>();

  constructor(
    subject: PluggingSubject,
    entries: readonly VolumeStatus[],
    files: PluggedFiles,
    claims: ClaimFolders,
    signal: AbortSignal,
  ) {
    this.#subject = subject;
    this.#entries = entries;
    this.#files = files;
    this.#claims = claims;
    this.#signal = signal;
  }

  async run(): Promise<PluggingOutcome> {
    const { machine } = this.#subject;
    for (const entry of this.#entries) await this.#attempt(entry.name, () => this.#bring(entry));
    const changed = await this.#changeDisks();
    const observed = changed ? await machine.observe({ signal: this.#signal }) : this.#subject.observed;
    for (const entry of this.#entries) await this.#attempt(entry.name, () => this.#take(entry, observed));
    const mounted = new Set([...(await this.#files.disks()), ...this.#dumpVolumes]);
    return {
      plugged: { mounted, dumps: this.#dumps },
      observed,
      unsettled: this.#isUnsettled(observed),
      failures: this.#failures,
    };
  }

  async #attempt(volume: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#failures.push(new Error(`volume ${volume}: ${errorMessage(error)}`, { cause: toError(error) }));
    }
  }

  #volumeOf(name: string) {
    return this.#subject.instance.spec.volumes?.find((volume) => volume.name === name);
  }

  /** Has a wanted volume's files appear in the Pod. */
  async #bring(entry: VolumeStatus): Promise<void> {
    const { instance, machine, observed } = this.#subject;
    const volume = this.#volumeOf(entry.name);
    if (volume === undefined) return;
    const folder = await this.#claims.find(instance, entry, this.#signal);
    if (folder === undefined) return;
    if (volume.memoryDump === undefined) return this.#files.plug(entry.name, folder);
    this.#dumpVolumes.add(entry.name);
    const sight = await dumpMemory({ entry, folder, files: this.#files, machine, observed }, this.#signal);
    if (sight !== undefined) this.#dumps.set(entry.name, sight);
  }

  /** Brings the machine's disks in line. @returns whether anything was asked of it */
  async #changeDisks(): Promise<boolean> {
    const { instance, machine, launcher, observed } = this.#subject;
    if (!this.#mayChange()) return false;
    const [found, present] = await Promise.all([
      launcher.facts({}, { signal: this.#signal }),
      machine.spec({ signal: this.#signal }),
    ]);
    const images: Record<string, ImageFact> = {};
    // Disks that a guest uses are locked, and need not be looked at.
    const used = new Set(observed.disks.filter(({ empty }) => empty !== true).map(({ id }) => id));
    for (const { name } of this.#entries.filter((entry) => !used.has(entry.name)))
      await this.#attempt(name, async () => {
        Object.assign(images, imageFacts(name, found.volumes[name]));
      });
    const { hardwareVirtualization } = found;
    const facts: MachineFacts = { images, interfaces: {}, hardwareVirtualization };
    const changes = planHotplug({ instance, present, observed, facts });
    for (const change of changes)
      await this.#attempt(nameOf(change), () => applyChange(machine, change, this.#signal));
    return changes.length > 0;
  }

  /** A volume that is plugged and wanted, and nothing on its way out, needs no questions. */
  #mayChange(): boolean {
    const { disks } = this.#subject.observed;
    const plugged = (name: string): boolean => disks.some(({ id, empty }) => id === name && empty !== true);
    return (
      disks.some(({ leaving }) => leaving === true) ||
      this.#entries.some(({ name }) => {
        const volume = this.#volumeOf(name);
        if (volume?.memoryDump !== undefined) return false;
        return (volume !== undefined && isPluggable(volume)) !== plugged(name);
      })
    );
  }

  /** Takes the files of a volume away that neither the instance wants nor the guest has. */
  async #take({ name }: VolumeStatus, { disks }: Observed): Promise<void> {
    const inGuest = disks.some(({ id, empty }) => id === name && empty !== true);
    if (this.#volumeOf(name) === undefined && !inGuest) await this.#files.unplug(name);
  }

  #isUnsettled({ disks }: Observed): boolean {
    return this.#entries.some(({ name }) => {
      const volume = this.#volumeOf(name);
      const disk = disks.find(({ id, empty }) => id === name && empty !== true);
      if (volume?.memoryDump !== undefined) return this.#dumps.get(name)?.state.kind === 'running';
      return volume === undefined ? disk !== undefined : disk === undefined;
    });
  }
}

const nameOf = (change: DiskChange): string => (change.kind === 'attach' ? change.disk.id : change.id);

async function applyChange(machine: Machine, change: DiskChange, signal: AbortSignal): Promise<void> {
  const hotplug = machine.facet('hotplug');
  switch (change.kind) {
    case 'attach':
      return hotplug.attachDisk(change.disk, { signal });
    case 'detach':
      return hotplug.detachDisk(change.id, { signal });
    case 'change-medium':
      return hotplug.changeMedium(change.id, change.medium, { signal });
  }
}
