import { execFile } from 'node:child_process';
import { HalError } from '@virtkit/hal';
import { cannotRun, withoutPrivileges } from '../without-privileges.ts';

/** Longest that a helper program may take, in milliseconds. */
const timeout = 60_000;

/**
 * Runs a helper program (qemu-img, xorrisofs) with bounded time and output and without capabilities.
 *
 * @throws HalError `hypervisor-unavailable` naming the Debian package when the program is missing, `aborted`, `failed`.
 */
export function runTool(
  program: string,
  args: readonly string[],
  { debianPackage, signal }: { debianPackage: string; signal?: AbortSignal | undefined },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
    execFile(
      ...withoutPrivileges(program, args),
      { env, timeout, maxBuffer: 1024 * 1024, ...(signal && { signal }) },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (cannotRun.includes(error.code) || error.code === 'ENOENT')
          reject(
            new HalError(
              'hypervisor-unavailable',
              `${program} is missing: install the package ${debianPackage}`,
              {
                cause: error,
              },
            ),
          );
        else if (error.name === 'AbortError')
          reject(new HalError('aborted', `${program} was aborted`, { cause: error }));
        else
          reject(new HalError('failed', `${program}: ${stderr.trim() || error.message}`, { cause: error }));
      },
    );
  });
}
