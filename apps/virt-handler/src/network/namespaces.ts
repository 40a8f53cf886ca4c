import { open, readlink, type FileHandle } from 'node:fs/promises';
import { HandlerError } from '../errors.ts';
import { plainName } from '../pods/plain-folder.ts';
import type { PodProcesses } from '../pods/pod-processes.ts';

/** A Pod's network namespace for as long as it is not disposed of. */
interface PodNamespace extends AsyncDisposable {
  /** For `nsenter --net`. */
  readonly path: string;
}

/** Finds network namespaces of Pods, never by what a launcher says. */
export interface PodNamespaces {
  /** @throws HandlerError `pod-network-missing` while the Pod has none */
  open(podUid: string): Promise<PodNamespace>;
}

/** Namespaces that the kubelet gave names, `/run/netns/<prefix><podUID>`: the embedded one does. */
export function namedNamespaces(prefix: string): PodNamespaces {
  return {
    open: async (podUid) => ({
      path: `/run/netns/${prefix}${plainName(podUid)}`,
      [Symbol.asyncDispose]: async () => undefined,
    }),
  };
}

/**
 * Namespaces of the Pods of any kubelet and container runtime: that of the Pod's oldest process, the sandbox's own, which was there
 * before anything of the Pod ran. Where a runtime needs no such process it is that of the first container, which may not be
 * trusted: a namespace that a process made for itself is in a user namespace of its own, and refused.
 */
export function namespacesOfProcesses(processes: PodProcesses): PodNamespaces {
  return { open: (podUid) => openByProcess(processes, podUid) };
}

async function openByProcess(processes: PodProcesses, podUid: string): Promise<PodNamespace> {
  const [oldest] = await processes.of(podUid);
  if (oldest === undefined)
    throw new HandlerError('pod-network-missing', `Pod ${podUid} has no process on this node`);
  const folder = `/proc/${oldest.pid}/ns`;
  let handle: FileHandle;
  try {
    handle = await open(`${folder}/net`);
  } catch (cause) {
    throw new HandlerError('pod-network-missing', `the first process of Pod ${podUid} has ended`, { cause });
  }
  await using stack = new AsyncDisposableStack();
  stack.use(handle);
  const [own, user, net] = await Promise.all(
    ['/proc/self/ns/user', `${folder}/user`, `/proc/self/fd/${handle.fd}`].map((path) =>
      readlink(path).catch(hidden),
    ),
  );
  // What was opened and looked at is the process's, and not that of another one which got its number.
  if (!(await processes.isAlive(oldest)))
    throw new HandlerError('pod-network-missing', `the first process of Pod ${podUid} has ended`);
  if (user !== own)
    throw new HandlerError('pod-network-failed', `Pod ${podUid} is in a user namespace of its own`);
  const machine = await Promise.all(
    ['/proc/1/ns/net', '/proc/self/ns/net'].map((path) => readlink(path).catch(hidden)),
  );
  if (machine.includes(net))
    throw new HandlerError('pod-network-failed', `Pod ${podUid} is on the network of the machine itself`);
  const resources = stack.move();
  return {
    // As this process's children see it.
    path: `/proc/${process.pid}/fd/${handle.fd}`,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A process that has ended is noticed afterwards; one with more rights than this one does not tell its namespaces. */
function hidden(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH', 'EACCES'].includes(String(error.code)))
    return undefined;
  throw error;
}
