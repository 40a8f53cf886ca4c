import type { Disk } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { applyRules } from '../../rule.ts';
import { blockSizeFindings } from './block-size.ts';
import { diskOptionRules } from './options.ts';
import { diskPlaces, type DiskRule } from './place.ts';
import { diskTargetRules } from './target.ts';

const nameRule: DiskRule = {
  id: 'DSK-01',
  *check({ disk: { name }, index, all, field }) {
    for (let other = 0; other < index; other++)
      if (all[other]?.name === name) yield invalid(`${field}.name`, 'an earlier disk has this name');
  },
};

const rules: readonly DiskRule[] = [nameRule, ...diskTargetRules, ...diskOptionRules];

/**
 * Disks, one by one (KubeVirt rules DSK-01 to DSK-21).
 *
 * @param list path of the list: `spec.domain.devices.disks`
 */
export function diskFindings(disks: readonly Disk[], list: string): Finding[] {
  return diskPlaces(disks, list).flatMap((place) => [
    ...applyRules(rules, place),
    ...blockSizeFindings(place),
  ]);
}
