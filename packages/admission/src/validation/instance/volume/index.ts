import { invalid, type Finding } from '../../finding.ts';
import { isCleanAbsolutePath } from '../../formats.ts';
import { applyRules } from '../../rule.ts';
import type { InstanceRule, InstanceSubject } from '../subject.ts';
import { cloudInitFindings } from './cloud-init.ts';
import { hostVolumeRules } from './host.ts';
import { volumePlaces } from './place.ts';
import { singleVolumeRules } from './single.ts';
import { volumeSourceRules } from './source.ts';

/** Where the disk lies in the image of a containerDisk. */
export const containerDiskPathRule: InstanceRule = {
  id: 'VOL-22',
  *check({ spec: { volumes = [] }, root }) {
    for (const [index, { containerDisk }] of volumes.entries()) {
      const path = containerDisk?.path ?? '';
      if (path !== '' && !isCleanAbsolutePath(path))
        yield invalid(
          `${root}.volumes[${index}].containerDisk`,
          `"${path}" is not an absolute path of a file`,
        );
    }
  },
};

/** Volumes of the launcher alone, which are plugged in while an instance runs. */
export const utilityVolumesRule: InstanceRule = {
  id: 'VOL-23',
  *check({ spec: { utilityVolumes }, root }) {
    if (utilityVolumes !== undefined)
      yield invalid(`${root}.utilityVolumes`, 'utility volumes are plugged into running instances only');
  },
};

/** Volumes (KubeVirt rules VOL-01 to VOL-23). */
export function volumeFindings(subject: InstanceSubject): Finding[] {
  const each = volumePlaces(subject).flatMap((place) => [
    ...applyRules(volumeSourceRules, place),
    ...cloudInitFindings(place),
    ...applyRules(hostVolumeRules, place),
  ]);
  return [...each, ...applyRules([...singleVolumeRules, containerDiskPathRule, utilityVolumesRule], subject)];
}
