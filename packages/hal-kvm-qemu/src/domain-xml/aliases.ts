/** Kinds of devices whose ids may be the same; the others' ids say what they are. */
type Kind = 'disk' | 'net' | 'input' | 'sound' | 'watchdog' | 'host';

/**
 * Name of a device inside libvirt, derived from its id in the spec. `ua-` marks names that users choose, and the kind keeps
 * a disk and an interface of one name apart. Ids of host devices say their kind themselves.
 */
export function aliasOf(kind: Kind, id: string): string {
  const safe = id.replace(/[^A-Za-z0-9_-]/g, '_');
  return kind === 'host' ? `ua-${safe}` : `ua-${kind}-${safe}`;
}
