import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launcherEnvironment, launcherFlags } from '../../apps/virtkit/src/platform/launcher-command.ts';
import { formerVirtiofsdPath, formerVirtiofsdScript } from '../../apps/virtkit/src/platform/virtiofsd.ts';
import { npmPackage } from './bundled-packages.ts';
import { ImageBuildError, isSystemError } from './errors.ts';
import type { LayerFile } from './file-layer.ts';

/** Where the programs are in images. */
const folder = 'usr/lib/virtkit';

const nodeFolder = (root: string) => join(root, 'node_modules/node');
const nodeProgram = (root: string) => join(nodeFolder(root), 'bin/node');

/** Node itself, as the npm package `node` has it, so that its content can be checked against the registry's. */
export function nodeFiles(root: string): LayerFile[] {
  return [{ path: 'usr/bin/node', source: nodeProgram(root), mode: 0o755 }];
}

/** Version and content of the Node that {@link nodeFiles} names. */
export async function nodeDescription(root: string): Promise<{ version: string; sha256: string }> {
  const { version } = await npmPackage(nodeFolder(root));
  const sha256 = createHash('sha256')
    .update(await readFile(nodeProgram(root)))
    .digest('hex');
  return { version, sha256 };
}

/** What programs are made to be. */
export interface ProgramOptions {
  readonly version: string;
  /** The minor of the launcher API that launchers speak; the newest when absent. */
  readonly launcherApiMinor?: number | undefined;
}

/**
 * The files of one program: what its build made, which needs no node_modules, and `/usr/bin/NAME`, which starts it.
 *
 * @param root of the checkout
 * @throws ImageBuildError `input-missing` when it is not built
 */
export async function programFiles(
  root: string,
  name: string,
  { version, launcherApiMinor }: ProgramOptions,
): Promise<LayerFile[]> {
  const built = join(root, 'apps', name, 'dist');
  const scripts = (await listBuilt(built, name)).filter((file) => /\.js$/.test(file));
  const files: LayerFile[] = scripts.map((file) => ({
    path: `${folder}/${name}/${file}`,
    source: join(built, file),
  }));
  const start =
    name === 'virt-launcher' ? startLauncher(launcherApiMinor) : `exec node ${scriptOf(name)} "$@"\n`;
  return [
    ...files,
    ...(name === 'virt-launcher' ? launcherFiles(built) : []),
    {
      path: `${folder}/${name}/package.json`,
      content: `${JSON.stringify({ name: `@virtkit/${name}`, version, type: 'module', license: 'Apache-2.0' })}\n`,
    },
    { path: `usr/bin/${name}`, content: `#!/bin/sh\n${start}`, mode: 0o755 },
    { path: `usr/share/doc/virtkit/copyright`, source: join(root, 'LICENSE') },
  ];
}

const scriptOf = (name: string) => `/${folder}/${name}/main.js`;

/** The native binding, the heap of the started program, and the program that shares folders under its present name. */
function launcherFiles(built: string): LayerFile[] {
  const place = `${folder}/virt-launcher`;
  return [
    { path: `${place}/virtkit_native.node`, source: join(built, 'virtkit_native.node'), mode: 0o755 },
    { path: `${place}/snapshot/program.blob`, source: join(built, 'snapshot/program.blob') },
    {
      path: 'usr/libexec/virtiofsd',
      content: `#!/bin/sh${formerVirtiofsdScript(formerVirtiofsdPath)}`,
      mode: 0o755,
    },
  ];
}

/** QEMU and libvirtd leave orphans, which somebody has to reap for a machine to end quickly: tini, which passes signals on. */
const startLauncher = (apiMinor: number | undefined): string =>
  [
    ...Object.entries(launcherEnvironment).map(([name, value]) => `export ${name}=${value}`),
    // Options are a machine's; `probe` has none of them.
    ...(apiMinor === undefined ? [] : [`case $1 in -*) set -- "$@" --api-minor ${apiMinor} ;; esac`]),
    'exec tini -s -- node \\',
    `  ${launcherFlags.join(' ')} \\`,
    `  --snapshot-blob /${folder}/virt-launcher/snapshot/program.blob ${scriptOf('virt-launcher')} "$@"`,
    '',
  ].join('\n');

async function listBuilt(built: string, name: string): Promise<string[]> {
  try {
    return await readdir(built);
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT'))
      throw new ImageBuildError('input-missing', `${name} is not built: run "make build"`, { cause });
    throw cause;
  }
}
