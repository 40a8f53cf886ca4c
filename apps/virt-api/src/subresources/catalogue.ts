import type { MountedResource } from '@virtkit/apiserver';

const instances = (verb: 'get' | 'update', ...names: string[]): [string, string][] =>
  names.map((name) => [`virtualmachineinstances/${name}`, verb]);
const machines = (verb: 'get' | 'update', ...names: string[]): [string, string][] =>
  names.map((name) => [`virtualmachines/${name}`, verb]);

/** What discovery lists, in KubeVirt's order; some subresources that are answered are not listed there either. */
const names: readonly [name: string, verb: string][] = [
  ['expand-vm-spec', 'update'],
  ...instances('get', 'vnc', 'vnc/screenshot', 'console', 'portforward'),
  ...instances('update', 'backup', 'redefine-checkpoint', 'pause', 'unpause', 'freeze', 'unfreeze'),
  ...instances('update', 'reset', 'softreboot'),
  ...machines('update', 'start', 'stop', 'restart', 'migrate'),
  ...machines('get', 'expand-spec', 'objectgraph'),
  ...machines('update', 'evacuate/cancel'),
  ...instances('get', 'guestosinfo', 'userlist', 'filesystemlist'),
  ...instances('update', 'addvolume', 'removevolume'),
  ...instances('get', 'objectgraph', 'sev/fetchcertchain', 'sev/querylaunchmeasurement'),
  ...instances('update', 'sev/setupsession', 'sev/injectlaunchsecret', 'evacuate/cancel'),
];

export const listed: readonly MountedResource[] = names.map(([name, verb]) => ({
  name,
  verbs: [verb],
  kind: '',
  namespaced: true,
}));
