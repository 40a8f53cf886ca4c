import { VirtualMachineInstanceSpecSchema } from '@virtkit/core-types';
import { notSupported, type Finding } from '../finding.ts';
import { reservedLabelsDiffer } from '../metadata.ts';
import { firstRuleFindings } from '../rule.ts';
import { semanticallyEqual } from '../semantic-equality.ts';
import { isSystemUser } from '../system-users.ts';
import { limitRules } from './limits.ts';
import { nodeRestrictionRules } from './node-restriction.ts';
import type { InstanceUpdate, InstanceUpdateRule } from './subject.ts';
import { utilityVolumeRules } from './utility-volumes.ts';
import { volumeRules } from './volumes.ts';

/** What others than KubeVirt's components may not change. */
const ownershipRules: readonly InstanceUpdateRule[] = [
  {
    id: 'VMIU-5',
    *check(update) {
      if (!isSystemUser(update.user) && specDiffers(update))
        yield notSupported(undefined, 'the spec of an instance cannot be changed');
    },
  },
];

const labelRules: readonly InstanceUpdateRule[] = [
  {
    id: 'VMIU-7',
    *check({ before, after, user }) {
      if (!isSystemUser(user) && reservedLabelsDiffer(before.metadata, after.metadata))
        yield notSupported(undefined, 'labels of KubeVirt on an instance cannot be changed');
    },
  },
];

/** What KubeVirt's components may change of the spec of a running machine (KubeVirt rule VMIU-6). */
const hotplugRules: readonly InstanceUpdateRule[] = [...limitRules, ...utilityVolumeRules, ...volumeRules];

/** Findings of a change of an instance: those of the first rule that has any. */
export function instanceUpdateFindings(update: InstanceUpdate): readonly Finding[] {
  const plugging = isSystemUser(update.user) && specDiffers(update) ? hotplugRules : [];
  return firstRuleFindings([...nodeRestrictionRules, ...ownershipRules, ...plugging, ...labelRules], update);
}

function specDiffers({ before, after }: InstanceUpdate): boolean {
  return !semanticallyEqual(VirtualMachineInstanceSpecSchema, before.spec, after.spec);
}
