import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunning, ProcessRecordSchema } from '../process-record.ts';
import { withMachineLock } from './machine-lock.ts';
import { SettingsSchema, type Settings } from './settings.ts';

const EntrySchema = z.object({
  /** Of the cluster; everything that it has is below, or has one of its `machineNames`. */
  folder: z.string(),
  settings: SettingsSchema,
  /** With whose end the cluster has no use any more; absent from those that stay until they are removed. */
  owner: ProcessRecordSchema.optional(),
});
/** A cluster of this machine, with what is needed to remove it whatever else is left of it. */
export type RegistryEntry = z.output<typeof EntrySchema>;

/**
 * The clusters of this machine, whoever made them: one file each. An entry is written before anything of its cluster is made and
 * removed after everything else of it, so that whatever a killed process leaves is known to the next one.
 */
export class Registry {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Does something with the registry while nobody else does. */
  static locked<T>(work: (registry: Registry) => Promise<T>, folder = '/run/virtkit-clusters'): Promise<T> {
    return withMachineLock(folder, async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return work(new Registry(folder));
    });
  }

  async entries(): Promise<RegistryEntry[]> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json')).sort();
    return Promise.all(
      names.map(async (name) =>
        EntrySchema.parse(JSON.parse(await readFile(join(this.folder, name), 'utf8'))),
      ),
    );
  }

  /** Those whose owner has ended without removing them. */
  async abandoned(): Promise<RegistryEntry[]> {
    return (await this.entries()).filter(({ owner }) => owner !== undefined && !isRunning(owner));
  }

  async find(folder: string): Promise<RegistryEntry | undefined> {
    return (await this.entries()).find((entry) => entry.folder === folder);
  }

  /**
   * Adds a cluster, or changes who owns it.
   * @throws Error when another cluster has something of it: it was made before the machine was started, the other one since
   */
  async put(entry: RegistryEntry): Promise<void> {
    const others = (await this.entries()).filter(({ folder }) => folder !== entry.folder);
    const other = others.find(
      ({ settings }) => settings.id === entry.settings.id || settings.network === entry.settings.network,
    );
    if (other !== undefined)
      throw new Error(
        `the cluster in ${other.folder} has the network or the names of the one in ${entry.folder}: remove one of them`,
      );
    const file = this.#fileOf(entry.settings.id);
    await writeFile(`${file}.new`, JSON.stringify(entry, undefined, 2));
    await rename(`${file}.new`, file);
  }

  async remove({ id }: Pick<Settings, 'id'>): Promise<void> {
    await rm(this.#fileOf(id), { force: true });
  }

  #fileOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}
