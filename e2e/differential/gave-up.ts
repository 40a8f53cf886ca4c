import type { Entry, Transcript } from './sequence.ts';

/**
 * True if kube-apiserver gave up on something for want of time that ours has answered. On a machine with too much to do etcd answers too
 * late for it, and its memory of what is stored falls behind: that says nothing about the API.
 */
export function gaveUp(kubernetes: Transcript, ours: Transcript): boolean {
  return kubernetes.some((entry, index) => {
    const answered = ours[index];
    return timeouts(entry) > (answered === undefined ? 0 : timeouts(answered));
  });
}

/** How many of the answers, or of the events, are Statuses that tell of a timeout. */
function timeouts(entry: Entry): number {
  if ('received' in entry) return 0;
  const told = 'events' in entry ? entry.events.map(({ object }) => object) : [entry.body];
  return told.filter((object) => (object as { reason?: unknown } | null | undefined)?.reason === 'Timeout')
    .length;
}
