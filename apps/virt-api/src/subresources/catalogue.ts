import type { MountedResource } from '@virtkit/apiserver';

interface Entry {
  readonly name: string;
  readonly verbs: readonly string[];
  /** Whether this version of Virtkit answers it. */
  readonly carried: boolean;
}

const get = ['get'];
const update = ['update'];

const entries: readonly Entry[] = [
  { name: 'virtualmachineinstances/console', verbs: get, carried: true },
  { name: 'virtualmachineinstances/vnc', verbs: get, carried: true },
  { name: 'virtualmachineinstances/vnc/screenshot', verbs: get, carried: true },
  { name: 'virtualmachineinstances/portforward', verbs: get, carried: true },
  { name: 'virtualmachineinstances/pause', verbs: update, carried: true },
  { name: 'virtualmachineinstances/unpause', verbs: update, carried: true },
  { name: 'virtualmachineinstances/softreboot', verbs: update, carried: true },
  { name: 'virtualmachineinstances/reset', verbs: update, carried: true },
  { name: 'virtualmachineinstances/guestosinfo', verbs: get, carried: true },
  { name: 'virtualmachineinstances/userlist', verbs: get, carried: true },
  { name: 'virtualmachineinstances/filesystemlist', verbs: get, carried: true },
  { name: 'virtualmachines/start', verbs: update, carried: true },
  { name: 'virtualmachines/stop', verbs: update, carried: true },
  { name: 'virtualmachines/restart', verbs: update, carried: true },
  { name: 'virtualmachines/portforward', verbs: get, carried: true },
  ...[
    'virtualmachineinstances/usbredir',
    'virtualmachineinstances/vsock',
    'virtualmachineinstances/backup',
    'virtualmachineinstances/redefine-checkpoint',
    'virtualmachineinstances/freeze',
    'virtualmachineinstances/unfreeze',
    'virtualmachineinstances/addvolume',
    'virtualmachineinstances/removevolume',
    'virtualmachineinstances/objectgraph',
    'virtualmachineinstances/evacuate/cancel',
    'virtualmachineinstances/sev/fetchcertchain',
    'virtualmachineinstances/sev/querylaunchmeasurement',
    'virtualmachineinstances/sev/setupsession',
    'virtualmachineinstances/sev/injectlaunchsecret',
    'virtualmachines/migrate',
    'virtualmachines/expand-spec',
    'virtualmachines/objectgraph',
    'virtualmachines/evacuate/cancel',
    'virtualmachines/addvolume',
    'virtualmachines/removevolume',
    'virtualmachines/memorydump',
    'virtualmachines/removememorydump',
    'expand-vm-spec',
    'guestfs',
    'healthz',
    'start-cluster-profiler',
    'stop-cluster-profiler',
    'dump-cluster-profiler',
  ].map((name): Entry => ({ name, verbs: [], carried: false })),
];

/** What discovery lists: that which is answered. */
export const listed: readonly MountedResource[] = entries
  .filter(({ carried }) => carried)
  .map(({ name, verbs }) => ({ name, verbs, kind: '', namespaced: true }));

const known: ReadonlyMap<string, Entry> = new Map(entries.map((entry) => [entry.name, entry]));

/** Whether KubeVirt has a subresource of this name (`virtualmachines/migrate`) that is not carried. */
export function isKnownButMissing(name: string): boolean {
  return known.get(name)?.carried === false;
}
