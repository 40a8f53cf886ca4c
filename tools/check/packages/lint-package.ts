import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { readFileSync } from 'node:fs';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { PackedLibrary } from './pack.ts';

/**
 * What is wrong with a packed library, one line each: by publint, files and formats that its package.json promises; by
 * arethetypeswrong, declarations that do not fit what Node would run. Resolution as in Node 10 is left out, because the
 * libraries need Node 24.
 */
export async function lintPackage({ tarball, manifest }: PackedLibrary): Promise<string[]> {
  const data = Uint8Array.from(readFileSync(tarball));
  const { messages } = await publint({ strict: true, pack: { tarball: data.buffer } });
  const types = await checkPackage(createPackageFromTarballData(data));
  return [
    ...messages.map((message) => `publint: ${formatMessage(message, manifest) ?? message.code}`),
    ...(types.types === false
      ? ['types: none are published']
      : types.problems
          .filter((problem) => !('resolutionKind' in problem && problem.resolutionKind === 'node10'))
          .map((problem) => `types: ${JSON.stringify(problem)}`)),
  ];
}
