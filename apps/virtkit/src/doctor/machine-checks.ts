import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Check, Finding } from './check.ts';

const gib = 1024 ** 3;
const inGib = (bytes: number): string => `${(bytes / gib).toFixed(1)} GiB`;

async function accessible(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false;
    throw error;
  }
}

/** The full path of a program, looking where root's programs are too. */
async function findProgram(name: string, path: string): Promise<string | undefined> {
  for (const folder of [...path.split(':'), '/usr/sbin', '/sbin', '/usr/lib/cni'])
    if (folder !== '' && (await accessible(join(folder, name), constants.X_OK))) return join(folder, name);
  return undefined;
}

/** A program of a Debian package; `without` says what does not work when it is missing. */
export const programCheck = (name: string, debianPackage: string, path: string, without?: string): Check => ({
  name,
  async look() {
    const found = await findProgram(name, path);
    if (found !== undefined) return { kind: 'ok', detail: found };
    const nextStep = `apt install ${debianPackage}`;
    return without === undefined
      ? { kind: 'missing', detail: 'not installed', nextStep }
      : { kind: 'limited', detail: `not installed: ${without}`, nextStep };
  },
});

export const nodeCheck = (version: string): Check => ({
  name: 'Node.js',
  look: async (): Promise<Finding> =>
    Number(version.replace(/^v/, '').split('.')[0]) >= 26
      ? { kind: 'ok', detail: version }
      : { kind: 'missing', detail: version, nextStep: 'run through make, which uses Node 26 from npm' },
});

export const rightsCheck = (uid: number | undefined): Check => ({
  name: 'rights',
  look: async (): Promise<Finding> =>
    uid === 0
      ? { kind: 'ok', detail: 'root: Pods get networks of their own' }
      : {
          kind: 'limited',
          detail: 'not root: user-mode networking, guests cannot be reached from outside',
          nextStep: 'run as root for Pod networks and Services',
        },
});

export const memoryCheck: Check = {
  name: 'memory',
  look: async () => {
    const detail = `${inGib(freemem())} free of ${inGib(totalmem())}, ${availableParallelism()} CPUs`;
    return freemem() > gib
      ? { kind: 'ok', detail }
      : {
          kind: 'limited',
          detail,
          nextStep: 'free memory: a small guest with its launcher takes about 0.4 GiB',
        };
  },
};

/** Room for images and the database below the nearest existing parent of `root`. */
export const diskCheck = (root: string): Check => ({
  name: 'disk',
  async look() {
    let folder = root;
    while (!(await accessible(folder, constants.F_OK)) && folder !== dirname(folder))
      folder = dirname(folder);
    const { bavail, bsize } = await statfs(folder);
    const detail = `${inGib(bavail * bsize)} free at ${folder}`;
    return bavail * bsize > gib
      ? { kind: 'ok', detail }
      : { kind: 'missing', detail, nextStep: 'free disk space, or choose another folder with --root' };
  },
});

/** A device that Pods want; without it something is slower or missing. */
export const deviceCheck = (path: string, without: string, nextStep: string): Check => ({
  name: path,
  look: async () =>
    (await accessible(path, constants.R_OK | constants.W_OK))
      ? { kind: 'ok', detail: 'opens' }
      : { kind: 'limited', detail: `cannot be opened: ${without}`, nextStep },
});
