import { EmbeddedNodeError } from '../errors.ts';

/** What a container runtime grants when the Pod says nothing (the default set of containerd and CRI-O's forebear, runc). */
const defaultCapabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
] as const;

export interface CapabilityRequest {
  readonly add?: readonly string[] | undefined;
  readonly drop?: readonly string[] | undefined;
}

/**
 * The capabilities of a container's program. For root: the default set, changed as asked. For other users: those that
 * are added, as ambient capabilities, so that `NET_BIND_SERVICE` does what people expect of it.
 *
 * @throws EmbeddedNodeError `Unsupported` for `ALL` in `add`, and for what is no capability name
 */
export function effectiveCapabilities(request: CapabilityRequest, uid: number): string[] {
  const added = (request.add ?? []).map(capabilityName);
  const dropped = (request.drop ?? []).map(capabilityName);
  if (added.includes('CAP_ALL'))
    throw new EmbeddedNodeError(
      'Unsupported',
      'securityContext.capabilities.add: ALL is not offered on this node',
    );
  const base = uid === 0 && !dropped.includes('CAP_ALL') ? defaultCapabilities : [];
  return [...new Set([...base.filter((name) => !dropped.includes(name)), ...added])].sort();
}

function capabilityName(name: string): string {
  const upper = name.toUpperCase();
  if (!/^[A-Z_]+$/.test(upper))
    throw new EmbeddedNodeError(
      'Unsupported',
      `securityContext.capabilities: ${JSON.stringify(name)} is no capability`,
    );
  return upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
}
