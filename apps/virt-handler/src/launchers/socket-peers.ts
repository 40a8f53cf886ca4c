import { runIn } from '../network/namespace-commands.ts';
import type { PodNamespaces } from '../network/namespaces.ts';

/** Tells whose a socket in a launcher's folder is. */
export interface SocketPeers {
  /** Whether a process of the Pod listens on the socket with this inode number. */
  listens(podUid: string, inode: bigint): Promise<boolean>;
}

/**
 * By network namespace: the kernel lists the unix sockets of a namespace with the files that they are bound to, and a socket stays in
 * the namespace of the process that made it. It says what SO_PEERCRED would be asked for, that the other end is the Pod's, without a
 * native module in this privileged process, and needs no process id, which may be another process's by the time it is looked at.
 * Files are told apart by their inode numbers alone: some file systems report another device than the kernel does.
 */
export function peersByNamespace(namespaces: PodNamespaces): SocketPeers {
  return {
    async listens(podUid, inode) {
      await using namespace = await namespaces.open(podUid);
      const text = await runIn(namespace.path, [
        'ss',
        ...['--no-header', '--unix', '--listening', '--extended'],
      ]);
      // The kernel tells 32 bits of the number.
      const wanted = BigInt.asUintN(32, inode).toString();
      return text.split('\n').some((line) => / ino:(\d+) dev:/.exec(line)?.[1] === wanted);
    },
  };
}
