// What becomes of a change of a machine's template while its instance runs.
import { semanticallyEqual } from '@virtkit/admission';
import {
  VirtualMachineInstanceSpecSchema,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import type { LiveTopic, LiveUpdateFacts, LiveUpdateFailure, TopicVerdict } from './facts.ts';
import { withoutLiveNetworks } from './networks.ts';
import { judgePlacement, replaced, withoutPlacement } from './placement.ts';
import { judgeCpu, judgeMemory, withoutGuestMemory, withoutSockets } from './resources.ts';
import { judgeVolumes, withoutLiveVolumes } from './volumes.ts';

/** What is to be done about the differences of a running instance and its machine's template. */
export interface LiveUpdateVerdict {
  /** Only a restart carries everything over; until then nothing is. */
  readonly restartRequired: boolean;
  /** A change that has to wait for something else to end. */
  readonly failure?: LiveUpdateFailure;
  /** The instance with what can be carried over by writing it. */
  readonly update?: VirtualMachineInstance;
}

interface Topic {
  /** Whether it follows only where changes are rolled out live. */
  readonly rolledOut: boolean;
  /** The wanted spec as if this part of it had not changed. */
  readonly without: (facts: LiveUpdateFacts) => VirtualMachineInstanceSpec;
  readonly judge?: (facts: LiveUpdateFacts) => TopicVerdict;
}

const topics: readonly (readonly [LiveTopic, Topic])[] = [
  ['volumes', { rolledOut: false, without: withoutLiveVolumes }],
  ['networks', { rolledOut: false, without: withoutLiveNetworks }],
  ['cpu', { rolledOut: true, without: withoutSockets, judge: judgeCpu }],
  ['placement', { rolledOut: true, without: withoutPlacement, judge: judgePlacement }],
  ['memory', { rolledOut: true, without: withoutGuestMemory, judge: judgeMemory }],
];

/**
 * Holds a running instance against its machine's template (KubeVirt rules RUNU). What follows while the guest runs is left out
 * of the comparison; any other difference from what the instance was started with asks for a restart, and so does a change that
 * would follow but is out of its limits. Labels and annotations of the template never count.
 */
export function judgeLiveUpdate(facts: LiveUpdateFacts): LiveUpdateVerdict {
  const following = topics.filter(
    ([name, { rolledOut }]) => facts.carried.has(name) && (!rolledOut || facts.rollsOutLive),
  );
  const rest = following.reduce(
    (wanted, [, { without }]) => without({ ...facts, wanted }),
    withInstanceUuid(facts.wanted, facts.instance),
  );
  const started = withInstanceUuid(facts.started, facts.instance);
  const verdicts = following.flatMap(([, { judge }]) => judge?.(facts) ?? []);
  const exchange: readonly TopicVerdict[] = facts.rollsOutLive ? [judgeVolumes(facts)] : [];
  const all = [...verdicts, ...exchange];
  const equal = semanticallyEqual(VirtualMachineInstanceSpecSchema, started, rest);
  if (!equal || all.some(({ kind }) => kind === 'restart')) return { restartRequired: true };
  const failure = all.find((verdict) => verdict.kind === 'failure')?.failure;
  if (failure !== undefined) return { restartRequired: false, failure };
  const placed = following.some(([name]) => name === 'placement');
  const update = placed ? replaced(facts.instance, facts.wanted) : undefined;
  return { restartRequired: false, ...(update === undefined ? {} : { update }) };
}

/** A firmware identity that was filled in later, and is the instance's, is no change (KubeVirt rule RUNU-10). */
function withInstanceUuid(
  spec: VirtualMachineInstanceSpec,
  instance: VirtualMachineInstance,
): VirtualMachineInstanceSpec {
  const uuid = instance.spec.domain.firmware?.uuid;
  if (uuid === undefined || spec.domain.firmware?.uuid !== undefined) return spec;
  return { ...spec, domain: { ...spec.domain, firmware: { ...spec.domain.firmware, uuid } } };
}
