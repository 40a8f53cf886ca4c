import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { run } from './command.ts';
import { processesOf } from './processes.ts';

/** Names on this machine that a platform made for itself, out of its settings. */
const NamesSchema = z.object({ bridge: z.string(), serviceTable: z.string(), namespacePrefix: z.string() });
export type PlatformNames = z.output<typeof NamesSchema>;

/** The names of the platform below `root`; undefined before its first start. */
export function platformNames(root: string): PlatformNames | undefined {
  const file = join(root, 'settings.json');
  return existsSync(file) ? NamesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

/**
 * Everything that a platform left on this machine, one line each: processes, mounts, network namespaces, bridge,
 * nftables tables. Empty when it left nothing.
 *
 * @param folder the folder that holds the platform's root; its name is unique
 */
export async function tracesOf(folder: string, names: PlatformNames | undefined): Promise<string[]> {
  const unique = basename(folder);
  const processes = processesOf(unique).map(
    ({ pid, command }) => `process ${pid}: ${command.join(' ').slice(0, 300)}`,
  );
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(unique))
    .map((line) => `mount: ${line}`);
  if (names === undefined || process.getuid?.() !== 0) return [...processes, ...mounts];
  const [namespaces, links, tables] = await Promise.all([
    run(['ip', 'netns', 'list']),
    run(['ip', '-brief', 'link', 'show']),
    run(['nft', 'list', 'tables']),
  ]);
  const linesWith = (what: string, { stdout }: { stdout: string }, word: string): string[] =>
    stdout
      .split('\n')
      .filter((line) => line.includes(word))
      .map((line) => `${what}: ${line}`);
  return [
    ...processes,
    ...mounts,
    ...linesWith('network namespace', namespaces, names.namespacePrefix),
    ...linesWith('link', links, names.bridge),
    ...linesWith('nftables table', tables, names.serviceTable),
    ...linesWith('nftables table', tables, names.bridge),
  ];
}
