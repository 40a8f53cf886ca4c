import { access } from 'node:fs/promises';
import type { NodeProbe } from '../node/node-probe.ts';
import type { SharedDevice } from './device-plugin.ts';

/**
 * The device files that machines need (KubeVirt launcher pod: device plugins). A `/dev/kvm` that does not speed guests up is not
 * offered: what asks for it waits for another node, and the cluster may allow emulation.
 */
export function machineDevices({ kvm }: Pick<NodeProbe, 'kvm'>, count: number): SharedDevice[] {
  return [
    { name: 'kvm', path: '/dev/kvm', count: kvm.state === 'usable' ? count : 0 },
    { name: 'tun', path: '/dev/net/tun', count },
    { name: 'vhost-net', path: '/dev/vhost-net', count },
  ];
}

/** Where the node's `/dev` is: with the machine's processes in sight, that of its first one; else what this process has. */
export async function deviceRoot(): Promise<string> {
  const root = '/proc/1/root';
  try {
    await access(`${root}/dev`);
    return root;
  } catch (error) {
    // A first process with more rights than this one cannot be looked into.
    if (error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM'))
      return '/';
    throw error;
  }
}
