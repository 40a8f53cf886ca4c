// What each minor version of the contract brought. A launcher that is told to speak an older one has none of it, as if it had been
// built then; that is how updates are tested with launchers of now.
import type { FacetName } from '@virtkit/hal';
import { launcherApiVersion } from './version.ts';

interface Additions {
  /** `METHOD path`, as in the table of routes. */
  readonly calls: readonly string[];
  readonly facets: readonly FacetName[];
  /** Members of request bodies. */
  readonly facts: readonly string[];
  readonly dhcp: readonly string[];
  readonly lease: readonly string[];
}

/** By the minor that brought it; what is not named is as old as the contract. */
const additions: Readonly<Record<number, Additions>> = {
  1: {
    calls: [
      'PUT machines/*/disks',
      'DELETE machines/*/disks/*',
      'PUT machines/*/disks/*/medium',
      'POST machines/*/memory-dump',
      'GET machines/*/usb/*',
      'POST machines/*/guest-agent/freeze',
      'POST machines/*/guest-agent/thaw',
      'GET machines/*/guest-agent/frozen',
      'PUT machines/*/guest-agent/password',
      'GET machines/*/guest-agent/authorized-keys/*',
      'PUT machines/*/guest-agent/authorized-keys/*',
    ],
    facets: ['hotplug', 'memoryDump', 'usbRedirection'],
    facts: ['disks', 'diskRoom', 'devices', 'cpus'],
    dhcp: [],
    lease: ['subdomain', 'routes', 'options'],
  },
  2: {
    calls: ['GET machines/*/statistics'],
    facets: ['statistics'],
    facts: [],
    dhcp: ['ipv6'],
    lease: ['serverAddress'],
  },
};

/** What a launcher does not know. */
export type Unknown = Readonly<Record<keyof Additions, ReadonlySet<string>>>;

/** What a launcher that speaks this minor does not know; nothing of one that is newer than this code. */
export const unknownToPeer = (minor: number): Unknown => unknownTo(Math.min(minor, launcherApiVersion.minor));

/** What came after this minor. @throws RangeError for one that there never was */
export function unknownTo(minor: number): Unknown {
  if (!Number.isInteger(minor) || minor < 0 || minor > launcherApiVersion.minor)
    throw new RangeError(
      `there is no minor ${minor} of the launcher API, only 0 to ${launcherApiVersion.minor}`,
    );
  const after = Object.entries(additions).flatMap(([brought, one]) => (Number(brought) > minor ? [one] : []));
  const all = (kind: keyof Additions): ReadonlySet<string> => new Set(after.flatMap((one) => one[kind]));
  return {
    calls: all('calls'),
    facets: all('facets'),
    facts: all('facts'),
    dhcp: all('dhcp'),
    lease: all('lease'),
  };
}
