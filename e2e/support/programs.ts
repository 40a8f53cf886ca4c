import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The top of the checkout. */
export const top = join(import.meta.dirname, '..', '..');

/** Programs of the project that a person starts. */
export type UserProgram = 'virtkit' | 'virtctl';

/**
 * The command line of a program: what `make build` made, as users start it, or its source when VIRTKIT_E2E_PROGRAMS=source.
 * @throws Error when it is not built
 */
export function programCommand(name: UserProgram): [string, ...string[]] {
  const built = process.env['VIRTKIT_E2E_PROGRAMS'] !== 'source';
  const file = join(top, 'apps', name, built ? 'dist/main.js' : 'src/main.ts');
  if (!existsSync(file)) throw new Error(`${file} is not there: run make build`);
  return built ? [process.execPath, file] : [process.execPath, '--conditions=@virtkit/source', file];
}
