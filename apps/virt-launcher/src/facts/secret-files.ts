import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HalError } from '@virtkit/hal';
import { containedFile, isAbsent } from './contained-file.ts';

/** Kubernetes: no Secret is larger, in bytes. */
const mostBytes = 1024 * 1024;
const mostFiles = 256;

/** Names under which a Secret may hold what cloud-init is to do (KubeVirt launcher pod, cloud-init volumes). */
const userDataKeys = ['userdata', 'userData'] as const;
const networkDataKeys = ['networkdata', 'networkData'] as const;

/** What cloud-init is to do, as found in Secrets; absent where the folder has no such key. */
export interface CloudInitSecret {
  userData?: string;
  networkData?: string;
}

/**
 * Cloud-init data in a volume's folder of mounted Secret keys.
 * @throws HalError `source-unavailable` (none of the keys), `invalid-spec` (too long, not text)
 */
export async function readCloudInitSecret(folder: string): Promise<CloudInitSecret> {
  const userData = await firstOf(folder, userDataKeys);
  const networkData = await firstOf(folder, networkDataKeys);
  if (userData === undefined && networkData === undefined)
    throw new HalError(
      'source-unavailable',
      `the Secrets of ${folder} have none of the keys ${[...userDataKeys, ...networkDataKeys].join(', ')}`,
    );
  return { ...(userData !== undefined && { userData }), ...(networkData !== undefined && { networkData }) };
}

/**
 * Every key of a mounted Secret with its text, by name.
 * @throws HalError `source-unavailable` (not mounted), `invalid-spec` (too many, too long, not text)
 */
export async function readSecret(folder: string): Promise<Map<string, string>> {
  const names = await keysOf(folder);
  const content = new Map<string, string>();
  for (const name of names) content.set(name, await readText(folder, name));
  return content;
}

async function keysOf(folder: string): Promise<string[]> {
  try {
    // Kubernetes keeps the files themselves in folders whose names begin like this, and links to them.
    const names = (await readdir(folder)).filter((name) => !name.startsWith('..')).sort();
    if (names.length <= mostFiles) return names;
    throw new HalError('invalid-spec', `the Secret at ${folder} has more than ${mostFiles} keys`);
  } catch (cause) {
    if (isAbsent(cause))
      throw new HalError('source-unavailable', `no Secret is mounted at ${folder}`, { cause });
    throw cause;
  }
}

/** Kubernetes mounts an empty folder in place of a key that a Secret does not have. */
async function firstOf(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await isKey(join(folder, name))) return readText(folder, name);
  return undefined;
}

async function isKey(path: string): Promise<boolean> {
  try {
    return !(await lstat(path)).isDirectory();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

async function readText(folder: string, name: string): Promise<string> {
  const file = await open(await containedFile(folder, name), 'r');
  try {
    if ((await file.stat()).size > mostBytes)
      throw new HalError('invalid-spec', `${join(folder, name)} is longer than ${mostBytes} bytes`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.readFile());
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new HalError('invalid-spec', `${join(folder, name)} is not UTF-8 text`, { cause });
    throw cause;
  } finally {
    await file.close();
  }
}
