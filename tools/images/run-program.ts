import { execFile } from 'node:child_process';
import { ImageBuildError, isSystemError } from './errors.ts';

/** Debian package of each program that this tool runs. */
const debianPackages = {
  mmdebstrap: 'mmdebstrap',
  skopeo: 'skopeo',
  ctr: 'containerd',
} as const;

/** Bytes of output that are kept. */
const outputLimit = 16 * 1024 * 1024;

/**
 * Runs a program to its end and gives what it wrote to standard output.
 *
 * @param options.environment set beside the variables of this process
 * @throws ImageBuildError `tool-missing` with the package that has it, `tool-failed` with the end of its error output
 */
export function runProgram(
  program: keyof typeof debianPackages,
  args: readonly string[],
  {
    environment = {},
    path = program,
    signal,
  }: { environment?: Readonly<Record<string, string>>; path?: string; signal?: AbortSignal } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      path,
      args,
      {
        maxBuffer: outputLimit,
        signal,
        // What a user set for his shell's language must not change what is built.
        env: { ...process.env, LC_ALL: 'C.UTF-8', ...environment },
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (isSystemError(error, 'ENOENT'))
          reject(
            new ImageBuildError(
              'tool-missing',
              `${path} is not installed (Debian package ${debianPackages[program]}); "make setup" installs what the build needs`,
              { cause: error },
            ),
          );
        else
          reject(
            new ImageBuildError('tool-failed', `${program} failed:\n${stderr.trim().slice(-3000)}`, {
              cause: error,
            }),
          );
      },
    );
  });
}
