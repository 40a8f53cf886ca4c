import type { Disk, DiskSource, Observed } from '@virtkit/hal';

/**
 * Disks with the names that a Linux guest gives them, `vda`, `vdb`, ... on virtio, `sda`, ... on the other buses, but for those
 * that keep the name they had.
 */
export function diskTargets(disks: readonly Disk[]): Observed['disks'] {
  const next = { vd: 0, sd: 0 };
  const kept = new Set(disks.map(({ target }) => target));
  const free = (prefix: 'vd' | 'sd'): string => {
    const name = `${prefix}${letters(next[prefix]++)}`;
    return kept.has(name) ? free(prefix) : name;
  };
  return disks.map(({ id, bus, source, target = free(bus === 'virtio' ? 'vd' : 'sd') }) => ({
    id,
    target,
    ...mediumOf(source),
  }));
}

function mediumOf(source: DiskSource): Pick<Observed['disks'][number], 'sizeBytes' | 'empty'> {
  if (source.kind === 'empty') return { empty: true };
  return source.kind === 'scratch' ? { sizeBytes: source.sizeBytes } : {};
}

/** a, b, ..., z, aa, ab, ... */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : `${letters(Math.floor(index / 26) - 1)}${last}`;
}
