import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../support/command.ts';
import { goModuleFolder, type KubernetesMinor } from '../build.ts';
import { writeImageArchive } from './image-archive.ts';

/** What holds the namespaces of each Pod. */
export const pauseImage = 'virtkit.dev/cluster/pause:1';
/** A shell and what goes with it, for Pods of tests. */
export const shellImage = 'virtkit.dev/cluster/busybox:1';

/** Applets of busybox that get a name of their own in the image. */
const applets = [
  ...[
    'sh',
    'cat',
    'cp',
    'echo',
    'env',
    'false',
    'grep',
    'head',
    'hostname',
    'httpd',
    'id',
    'ip',
    'kill',
    'ls',
    'mkdir',
  ],
  ...['mount', 'nc', 'nslookup', 'ping', 'ps', 'sed', 'sleep', 'stat', 'tail', 'true', 'wc', 'wget'],
];

interface Recipe {
  readonly reference: string;
  readonly entrypoint: readonly string[];
  /** Puts the files of the image into a folder. */
  readonly fill: (root: string) => Promise<void>;
}

const recipes = (minor: KubernetesMinor): Readonly<Record<string, Recipe>> => ({
  'pause.tar': {
    reference: pauseImage,
    entrypoint: ['/pause'],
    fill: async (root) => {
      const source = join(await goModuleFolder(minor), 'build/pause/linux/pause.c');
      await run(['gcc', '-Os', '-static', '-DVERSION=virtkit', '-o', join(root, 'pause'), source]);
    },
  },
  'busybox.tar': {
    reference: shellImage,
    entrypoint: ['/bin/sh'],
    fill: async (root) => {
      await mkdir(join(root, 'bin'));
      await copyFile('/bin/busybox', join(root, 'bin/busybox'));
      for (const name of applets) await symlink('busybox', join(root, 'bin', name));
      await mkdir(join(root, 'tmp'));
      await chmod(join(root, 'tmp'), 0o1777);
    },
  },
});

/**
 * Makes archives of the images that a cluster needs itself, unless they are there.
 * @param folder where they are kept; it is specific to a release of Kubernetes, whose Go module has the source of pause
 */
export async function makeTestImages(folder: string, minor: KubernetesMinor): Promise<string[]> {
  return Promise.all(
    Object.entries(recipes(minor)).map(async ([name, { reference, entrypoint, fill }]) => {
      const archive = join(folder, name);
      if (existsSync(archive)) return archive;
      const partial = `${archive}.${process.pid}`;
      const root = `${partial}.root`;
      try {
        await mkdir(root, { recursive: true });
        await fill(root);
        await writeImageArchive(partial, { reference, root, entrypoint });
        await rename(partial, archive);
      } finally {
        for (const leftover of [partial, root, `${partial}.work`])
          await rm(leftover, { recursive: true, force: true });
      }
      return archive;
    }),
  );
}
