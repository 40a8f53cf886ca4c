import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../support/command.ts';
import { machineNames, type Settings } from './settings.ts';

/** What a cluster has outside of its folder on this machine, one line each; nothing after it was removed. */
export async function machineTraces(settings: Pick<Settings, 'id'>): Promise<string[]> {
  const names = machineNames(settings);
  const [links, namespaces, tables, routes, routes6] = await Promise.all([
    run(['ip', '-brief', 'link', 'show']),
    run(['ip', 'netns', 'list']),
    run(['nft', 'list', 'tables']),
    run(['ip', 'route', 'show']),
    run(['ip', '-6', 'route', 'show']),
  ]);
  const linesWith = (what: string, { stdout }: { stdout: string }, word: string): string[] =>
    stdout
      .split('\n')
      .filter((line) => line.includes(word))
      .map((line) => `${what}: ${line}`);
  return [
    ...linesWith('link', links, names.bridge),
    ...linesWith('network namespace', namespaces, names.bridge),
    ...linesWith('nftables table', tables, names.table),
    ...linesWith('route', routes, names.bridge),
    ...linesWith('route', routes6, names.bridge),
    ...(await cgroups(names.cgroup)).map((path) => `cgroup: ${path}`),
  ];
}

async function cgroups(name: string): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  const parents = [root, ...(await readdir(root)).map((entry) => join(root, entry))];
  return parents.map((parent) => join(parent, name)).filter((path) => existsSync(path));
}
