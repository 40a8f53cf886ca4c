import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VirtkitError } from '../errors.ts';

/** Programs that `virtkit` starts. `virtkit` itself holds the control plane and the kubelet. */
export type ProgramName = 'virtkit' | 'virt-controller' | 'virt-handler' | 'virt-launcher';

/** A command line without the program's own arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** The folder `apps` beside this program, and whether this program runs from sources. */
function place(): { apps: string; fromSource: boolean } {
  const here = fileURLToPath(import.meta.url);
  const fromSource = here.endsWith('.ts');
  // Source: apps/virtkit/src/platform/programs.ts; built: apps/virtkit/dist/main.js.
  const apps = fromSource ? join(dirname(here), '..', '..', '..') : join(dirname(here), '..', '..');
  return { apps, fromSource };
}

/**
 * How to start a program: with this very Node, from sources when this program runs from sources.
 * @throws VirtkitError `missing-requirement` when it is not built.
 */
export function commandFor(name: ProgramName): CommandLine {
  const { apps, fromSource } = place();
  const file = join(apps, name, fromSource ? 'src/main.ts' : 'dist/main.js');
  if (!existsSync(file))
    throw new VirtkitError('missing-requirement', `the program ${name} is not there: ${file}`, {
      nextStep: 'run make build',
    });
  return fromSource
    ? [process.execPath, '--conditions=@virtkit/source', file]
    : [process.execPath, '--enable-source-maps', file];
}

/** Folders that a Pod needs to see so that a program of ours starts inside it. */
export function programFolders(): string[] {
  const { apps, fromSource } = place();
  return fromSource ? [dirname(apps)] : [apps];
}
