import type { Disk, VirtualMachineInstance } from '@virtkit/core-types';
import type { BlockSizes, Disk as MachineDisk } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { ImageFact, MachineFacts } from '../facts.ts';
import { vcpuCount } from './cpu.ts';
import type { DiskTarget } from './disk-target.ts';

/** How a disk is read and written. */
type Transfer = Pick<
  MachineDisk,
  'cache' | 'io' | 'discard' | 'errorPolicy' | 'queues' | 'shareable' | 'blockSizes'
>;

/** @throws PlanError `unsupported`, `invalid` for values that exclude each other, `missing-fact` */
export function planTransfer(
  { spec }: VirtualMachineInstance,
  disk: Disk,
  target: DiskTarget,
  { images, ownDisks }: Pick<MachineFacts, 'images' | 'ownDisks'>,
  field: string,
): Transfer {
  const image = images[disk.name];
  const shareable = disk.shareable === true && target.device === 'disk';
  const cache = cacheMode(disk, shareable, image, field);
  const io = ioMode(disk, cache, image, field);
  const blockSizes = planBlockSizes(disk, image === undefined ? ownDisks : image.blockSizes, field);
  const errorPolicy = disk.errorPolicy && oneOf(errorPolicies, disk.errorPolicy, `${field}.errorPolicy`);
  return {
    ...(cache && { cache }),
    ...(io && { io }),
    ...(image?.preallocated === true && { discard: false }),
    ...(errorPolicy && { errorPolicy }),
    ...(spec.domain.devices.blockMultiQueue === true &&
      target.bus === 'virtio' && { queues: vcpuCount(spec) }),
    ...(shareable && { shareable }),
    ...(blockSizes && { blockSizes }),
  };
}

const caches = ['none', 'writethrough', 'writeback'] as const;
const ioModes = ['native', 'threads'] as const;
const errorPolicies = ['stop', 'ignore', 'report', 'enospace'] as const;

/** As given; else past the host's cache where the source can do that. Nothing when nobody tried. */
function cacheMode(
  disk: Disk,
  shareable: boolean,
  image: ImageFact | undefined,
  field: string,
): MachineDisk['cache'] {
  const at = { field: `${field}.cache` };
  const wanted = disk.cache ? oneOf(caches, disk.cache, at.field) : undefined;
  if (shareable && wanted !== undefined && wanted !== 'none')
    throw new PlanError('invalid', 'a disk that machines share is not cached', at);
  if (wanted === 'none' && image?.directIo === false)
    throw new PlanError('invalid', `the storage of disk ${disk.name} cannot do without the cache`, at);
  if (wanted !== undefined || shareable) return wanted ?? 'none';
  return image?.directIo === undefined ? undefined : image.directIo ? 'none' : 'writethrough';
}

function ioMode(
  disk: Disk,
  cache: MachineDisk['cache'],
  image: ImageFact | undefined,
  field: string,
): MachineDisk['io'] {
  if (disk.io) return oneOf(ioModes, disk.io, `${field}.io`);
  const suited = image?.block === true || image?.preallocated === true;
  return cache === 'none' && suited ? 'native' : undefined;
}

function planBlockSizes(
  disk: Disk,
  ofVolume: ImageFact['blockSizes'],
  field: string,
): BlockSizes | undefined {
  const { custom, matchVolume } = disk.blockSize ?? {};
  if (custom !== undefined) {
    const { logical = 512, physical = 512, discardGranularity } = custom;
    return { logical, physical, ...(discardGranularity !== undefined && { discardGranularity }) };
  }
  if (matchVolume === undefined || matchVolume.enabled === false) return undefined;
  if (ofVolume !== undefined) return ofVolume;
  throw new PlanError('missing-fact', `the block sizes of volume ${disk.name} were not looked up`, {
    field: `${field}.blockSize.matchVolume`,
  });
}

function oneOf<T extends string>(known: readonly T[], value: string, field: string): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new PlanError('unsupported', `${value} is none of ${known.join(', ')}`, { field });
}
