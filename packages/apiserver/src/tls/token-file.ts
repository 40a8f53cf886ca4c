import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeKeptFile } from './kept-file.ts';

/** A token that nobody can guess. */
export function generateToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * The administrator's token kept in a data directory, made when absent, so that kubeconfigs stay valid over a restart.
 * The file is readable by its owner only. `undefined` without a data directory.
 */
export function keptToken(dataDir: string | undefined): string | undefined {
  if (dataDir === undefined) return undefined;
  const file = join(dataDir, 'admin.token');
  if (existsSync(file)) {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept !== '') return kept;
  }
  const token = generateToken();
  writeKeptFile(file, `${token}\n`, 0o600);
  return token;
}
