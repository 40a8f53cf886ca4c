import { execFile } from 'node:child_process';
import { HalError, type CallOptions } from '@virtkit/hal';

/** Bounds of one run of a tool that reads untrusted data. */
export interface ToolLimits {
  timeoutMs: number;
  /** CPU seconds. */
  cpuSeconds: number;
  /** Bytes of address space. */
  memoryBytes: number;
  /** Bytes of output. */
  outputBytes: number;
}

/**
 * Runs a program to its end under limits and without capabilities (util-linux' prlimit and setpriv, so that it is so from its
 * first instruction) and returns what it wrote.
 * @throws HalError `failed` with the end of its error output, `hypervisor-unavailable` (not installed), `aborted`.
 */
export function runTool(
  program: string,
  args: readonly string[],
  limits: ToolLimits,
  { signal }: CallOptions = {},
): Promise<string> {
  const bounds = [`--as=${limits.memoryBytes}`, `--cpu=${limits.cpuSeconds}`, '--core=0'];
  return new Promise((resolve, reject) => {
    execFile(
      'setpriv',
      [...noPrivileges, '--', 'prlimit', ...bounds, '--', program, ...args],
      {
        timeout: limits.timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: limits.outputBytes,
        signal,
        env: toolEnvironment,
      },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (signal?.aborted) reject(new HalError('aborted', `${program} was aborted`, { cause: error }));
        else if (error.code === 'ENOENT') reject(missing('setpriv', 'util-linux', error));
        else reject(failure(program, stderr, error));
      },
    );
  });
}

/** The launcher's capabilities are for its DHCP server: what reads untrusted data gets none of them. */
const noPrivileges = ['--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs'];

/** What a tool is given of the environment: nothing of the launcher's, and output in one language. */
const toolEnvironment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** prlimit and setpriv end with these when they cannot run the program, as env(1) and the shell do. */
const notExecutable = [126, 127];

function failure(
  program: string,
  stderr: string,
  cause: Error & { code?: unknown; killed?: boolean },
): HalError {
  if (typeof cause.code === 'number' && notExecutable.includes(cause.code))
    return missing(program, undefined, cause);
  if (cause.killed) return new HalError('failed', `${program} was ended because it took too long`, { cause });
  const said = stderr.trim().slice(-1000);
  return new HalError('failed', `${program} failed${said === '' ? '' : `: ${said}`}`, { cause });
}

function missing(program: string, debianPackage: string | undefined, cause: Error): HalError {
  const advice = debianPackage === undefined ? '' : ` (Debian package ${debianPackage})`;
  return new HalError('hypervisor-unavailable', `${program} is not installed${advice}`, { cause });
}
