import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the embedded kubelet of a platform keeps its Pods. */
const podsOf = (root: string): string => join(root, 'kubelet', 'pods');

/** First processes of all launcher Pods on this node, by Pod UID: the sandbox, from which everything in the Pod descends. */
export async function sandboxPids(root: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const uid of await readdir(podsOf(root))) {
    // The kubelet's claim: `pid start-time boot-id` of the process that it started.
    const claim = join(podsOf(root), uid, 'containers', 'compute', '0', 'claim');
    const [pid] = (await readFile(claim, 'utf8')).split(' ');
    found.set(uid, Number(pid));
  }
  return found;
}

/** The folder of a Pod's `emptyDir` volume on this node. */
export const volumeFolder = (root: string, podUid: string, volume: string): string =>
  join(podsOf(root), podUid, 'volumes', 'kubernetes.io~empty-dir', volume);
