import type { CustomBlockSize } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { firstRuleFindings, type Rule } from '../../rule.ts';
import type { DiskPlace } from './place.ts';

const leastBlock = 512;
const greatestBlock = 2_097_152;
/** The only logical block size of SATA disks. */
const sataBlock = 512;

interface BlockSizePlace {
  readonly custom: CustomBlockSize;
  readonly matchesVolume: boolean;
  /** `spec.domain.devices.disks[0].blockSize`. */
  readonly field: string;
  readonly bus: string;
}

/** Only the first of these rules answers. */
const rules: readonly Rule<BlockSizePlace>[] = [
  {
    id: 'DSK-17',
    *check({ matchesVolume, field }) {
      if (matchesVolume) yield invalid(field, 'block sizes are those of the volume, or given, not both');
    },
  },
  {
    id: 'DSK-18',
    *check({ custom: { logical = 0, physical = 0 }, field }) {
      if (logical > physical)
        yield invalid(`${field}.custom.logical`, `${logical} is above the physical size, ${physical}`);
    },
  },
  {
    id: 'DSK-19',
    *check({ custom: { logical = 0 }, field, bus }) {
      if (bus === 'sata' && logical !== sataBlock)
        yield invalid(`${field}.custom.logical`, `blocks on the SATA bus have ${sataBlock} bytes`);
    },
  },
  {
    id: 'DSK-20',
    *check({ custom: { logical = 0, discardGranularity }, field }) {
      if (discardGranularity !== undefined && logical !== 0 && discardGranularity % logical !== 0)
        yield invalid(
          `${field}.custom.discardGranularity`,
          `${discardGranularity} is not a multiple of the logical size, ${logical}`,
        );
    },
  },
  {
    id: 'DSK-21',
    *check({ custom, field }) {
      for (const member of ['logical', 'physical'] as const) {
        const fault = faultOf(custom[member] ?? 0);
        if (fault !== undefined) yield invalid(`${field}.custom.${member}`, fault);
      }
    },
  },
];

function faultOf(size: number): string | undefined {
  if (size < leastBlock) return `a block has ${leastBlock} bytes at least`;
  if (size > greatestBlock) return `a block has ${greatestBlock} bytes at most`;
  return (size & (size - 1)) === 0 ? undefined : `${size} is not a power of two`;
}

/** The block sizes that a disk shows to the guest. */
export function blockSizeFindings({ disk: { blockSize }, field, bus }: DiskPlace): readonly Finding[] {
  if (blockSize?.custom === undefined) return [];
  const { custom, matchVolume } = blockSize;
  const matchesVolume = matchVolume !== undefined && matchVolume.enabled !== false;
  return firstRuleFindings(rules, { custom, matchesVolume, field: `${field}.blockSize`, bus });
}
