import { readdir, type FileHandle } from 'node:fs/promises';
import { openPlainFile, openPlainFolder, plainName, podFolder } from '../pods/plain-folder.ts';

/** A Pod as the kubelet knows it. */
export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The logs that a kubelet keeps of Pods while they are there. */
export interface PodLogs {
  /**
   * The log of a Pod's launcher, open for reading. What was opened can be read on when the kubelet has removed it.
   *
   * @returns undefined while there is none
   * @throws HandlerError `unsafe-path` when a link or something else is in its place
   */
  open(pod: PodIdentity): Promise<FileHandle | undefined>;
}

/** The container that runs the launcher. */
export const launcherContainer = 'compute';

/**
 * Logs where a kubelet has its container runtime write them: `NAMESPACE_POD_UID/CONTAINER/RESTARTS.log` below `root`, usually
 * `/var/log/pods` (Kubernetes: logging architecture).
 */
export function kubeletPodLogs(root: string): PodLogs {
  return {
    async open({ namespace, name, uid }) {
      const pod = [namespace, name, uid].map(plainName).join('_');
      await using folder = await openPlainFolder(root, [pod, launcherContainer]);
      if (folder === undefined) return undefined;
      const starts = (await readdir(`/proc/self/fd/${folder.fd}`)).flatMap((file) => {
        const match = /^(\d+)\.log$/.exec(file);
        return match === null ? [] : [Number(match[1])];
      });
      return starts.length === 0 ? undefined : await openPlainFile(folder, `${Math.max(...starts)}.log`);
    },
  };
}

/** Logs of the embedded kubelet, which lie in the folders of its Pods: `pods/UID/CONTAINER.log` below its root folder. */
export function embeddedPodLogs(kubeletRoot: string): PodLogs {
  return {
    async open({ uid }) {
      await using folder = await openPlainFolder(kubeletRoot, podFolder(uid));
      return folder && (await openPlainFile(folder, `${launcherContainer}.log`));
    },
  };
}
