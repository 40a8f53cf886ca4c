import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'vitest';

/** Something that a machine may lack. */
export type Requirement =
  { kind: 'root' } | { kind: 'device'; path: string } | { kind: 'command'; name: string; package: string };

function missing(requirement: Requirement): string | undefined {
  switch (requirement.kind) {
    case 'root':
      return process.getuid?.() === 0 ? undefined : 'needs root';
    case 'device':
      return accessible(requirement.path, constants.R_OK | constants.W_OK)
        ? undefined
        : `needs ${requirement.path}`;
    case 'command': {
      const path = `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`;
      const found = path
        .split(delimiter)
        .some((dir) => accessible(join(dir, requirement.name), constants.X_OK));
      return found
        ? undefined
        : `needs ${requirement.name}: "make setup" installs the package ${requirement.package}`;
    }
  }
}

function accessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EPERM' || code === 'ENOTDIR') return false;
    throw error;
  }
}

/**
 * Skips the running test, with the reason, when the machine lacks what it needs. The skip is printed at the end of the
 * run, and CI fails on one that is not on the allow-list.
 */
export function requires(context: TestContext, ...requirements: Requirement[]): void {
  const reasons = requirements.map(missing).filter((reason) => reason !== undefined);
  if (reasons.length > 0) context.skip(reasons.join(', '));
}
