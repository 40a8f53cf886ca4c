import { spawn, type ChildProcess } from 'node:child_process';
import { link, mkdir, writeFile } from 'node:fs/promises';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import type { AttemptLayout } from '../state/layout.ts';
import { sandboxCommand, type HostLayout, type SandboxRights } from './bubblewrap.ts';
import { ContainerProcess } from './container-process.ts';
import { shimScript, voidClaim } from './shim.ts';
import type { SandboxSpecification } from './specification.ts';

/** Variables that would change what the shell and bubblewrap do; a container's own environment is given by arguments. */
const shimEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Longest pause between two looks at a container that starts, in milliseconds. */
const longestPause = 30;

/**
 * Starts a container. The caller has recorded the attempt before; the process outlives this one.
 *
 * @throws EmbeddedNodeError `StartFailed` when the sandbox did not come up; the container's log says why
 */
export async function launchContainer(
  spec: SandboxSpecification,
  attempt: AttemptLayout,
  host: HostLayout,
  rights: SandboxRights,
): Promise<ContainerProcess> {
  await mkdir(attempt.folder, { recursive: true, mode: 0o700 });
  const overlay = spec.rootFilesystem.type === 'folder' ? spec.rootFilesystem.writableLayer : undefined;
  const lower =
    spec.rootFilesystem.type === 'folder' && overlay !== undefined ? spec.rootFilesystem.path : '';
  if (overlay !== undefined)
    for (const folder of Object.values(overlay)) await mkdir(folder, { recursive: true, mode: 0o755 });
  const shim = ['/bin/sh', '-c', shimScript, 'virtkit-shim', attempt.claim, attempt.status, spec.log];
  const command = [
    // A mount namespace of its own: the overlay vanishes together with the container.
    ...(overlay === undefined ? [] : ['unshare', '--mount', '--propagation', 'private']),
    ...shim,
    ...[lower, overlay?.upper ?? '', overlay?.work ?? '', overlay?.merged ?? ''],
    ...sandboxCommand(spec, host, rights),
  ];
  const child = spawn(command[0]!, command.slice(1), {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
    env: shimEnvironment,
  });
  const ended = endOf(child);
  child.unref();
  const container = await waitUntilUp(spec, attempt, ended);
  return container;
}

/** Resolves, never rejects, when the child has ended or could not be started. */
function endOf(child: ChildProcess): Promise<Error | undefined> {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>();
  child.once('exit', () => resolve(undefined));
  child.once('error', (error) => resolve(error));
  return promise;
}

async function waitUntilUp(
  spec: SandboxSpecification,
  attempt: AttemptLayout,
  ended: Promise<Error | undefined>,
): Promise<ContainerProcess> {
  const failed = ended.then((error) => ({ error }));
  // Milliseconds between two looks: the start takes about ten where the machine is idle, more where it is not.
  for (let interval = 4; ; interval = Math.min(interval * 1.5, longestPause)) {
    const container = await ContainerProcess.open(
      spec.id,
      attempt,
      ended.then(() => undefined),
    );
    const status = await container?.status();
    if (container !== undefined && status?.init !== undefined) return container;
    const outcome = await Promise.race([failed, pause(interval)]);
    if (outcome === undefined) continue;
    // It may have come up and ended between the look and the end.
    const last = await ContainerProcess.open(
      spec.id,
      attempt,
      ended.then(() => undefined),
    );
    if (last !== undefined && (await last.status()).init !== undefined) return last;
    throw new EmbeddedNodeError(
      'StartFailed',
      'the sandbox could not be started; see the log of the container',
      {
        cause: outcome.error,
      },
    );
  }
}

/** The start of a container takes milliseconds and reports through a file. */
function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
}

/**
 * Finds the process of an attempt that an earlier kubelet recorded. Undefined when it never started; it then never
 * will, because its claim is taken.
 */
export async function adoptContainer(
  id: string,
  attempt: AttemptLayout,
): Promise<ContainerProcess | undefined> {
  await mkdir(attempt.folder, { recursive: true, mode: 0o700 });
  const own = `${attempt.claim}.void`;
  await writeFile(own, `${voidClaim}\n`);
  try {
    await link(own, attempt.claim);
    return undefined;
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  }
  return ContainerProcess.open(id, attempt);
}
