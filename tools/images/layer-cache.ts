import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isSystemError } from './errors.ts';
import type { Layer } from './layer.ts';

const layerSchema = z.object({
  digest: z.string(),
  size: z.number(),
  diffId: z.string(),
  unpackedSize: z.number(),
});

/** A layer, and what was written down when it was made. */
export interface CachedLayer<Notes> {
  readonly layer: Layer;
  readonly notes: Notes;
  /** Whether it was there already. */
  readonly reused: boolean;
}

/** How to make a layer that is not in the cache. */
export interface LayerRecipe<Notes> {
  /** Everything that decides on the content; a JSON value. */
  readonly inputs: unknown;
  /** What is remembered beside the layer. */
  readonly notes: z.ZodType<Notes>;
  /** Makes the layer in a folder that is its own. */
  make(folder: string): Promise<{ layer: Layer; notes: Notes }>;
}

/** Changes when the way in which layers are made changes their content. */
const generation = 1;

/** Layers on this machine, by what they are made from. Several processes may use one folder. */
export class LayerCache {
  readonly #folder: string;

  /** @param folder made when missing */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Gives the layer of these inputs, and makes it only when it is not there.
   *
   * @param options.fresh make it even then
   */
  async get<Notes>(
    recipe: LayerRecipe<Notes>,
    { fresh = false }: { fresh?: boolean } = {},
  ): Promise<CachedLayer<Notes>> {
    const text = JSON.stringify({ generation, inputs: recipe.inputs });
    const key = createHash('sha256').update(text).digest('hex').slice(0, 32);
    const place = join(this.#folder, key);
    const present = fresh ? undefined : await this.#read(place, recipe.notes);
    if (present !== undefined) {
      await utimes(place, new Date(), new Date());
      return { ...present, reused: true };
    }
    await mkdir(this.#folder, { recursive: true });
    const scratch = await mkdtemp(join(this.#folder, '.new-'));
    try {
      const { layer, notes } = await recipe.make(scratch);
      await rename(layer.path, join(scratch, 'layer.tar.gz'));
      await writeFile(join(scratch, 'layer.json'), JSON.stringify({ inputs: recipe.inputs, layer, notes }));
      await rm(place, { recursive: true, force: true });
      await renameUnlessThere(scratch, place);
      return { layer: { ...layer, path: join(place, 'layer.tar.gz') }, notes, reused: false };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Removes the layers that nobody has asked for since `before`, and what was left of builds that were interrupted before then. */
  async prune(before: Date): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const place = join(this.#folder, name);
      if ((await stat(place)).mtime < before) await rm(place, { recursive: true, force: true });
    }
  }

  async #read<Notes>(
    place: string,
    notes: z.ZodType<Notes>,
  ): Promise<{ layer: Layer; notes: Notes } | undefined> {
    try {
      const text = await readFile(join(place, 'layer.json'), 'utf8');
      const found = z.object({ layer: layerSchema, notes: z.unknown() }).parse(JSON.parse(text));
      return {
        layer: { ...found.layer, path: join(place, 'layer.tar.gz') },
        notes: notes.parse(found.notes),
      };
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return undefined;
      throw error;
    }
  }
}

/** Another process may have made the same layer meanwhile: then its one stays. */
async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isSystemError(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}
