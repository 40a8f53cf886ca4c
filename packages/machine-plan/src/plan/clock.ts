import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { Clock, Timer } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import { architectureOf } from './architecture.ts';

const field = 'spec.domain.clock';

/** Base and timers, in KubeVirt's order of timers. @throws PlanError `invalid` for a policy that there is not */
export function planClock(instance: VirtualMachineInstance): Clock | undefined {
  const { clock } = instance.spec.domain;
  const tsc = timeStampCounter(instance);
  if (clock === undefined && tsc.length === 0) return undefined;
  const base = planBase(clock);
  return { ...(base && { base }), timers: [...planTimers(clock?.timer), ...tsc] };
}

type ClockSpec = VirtualMachineInstance['spec']['domain']['clock'];

function planBase(clock: ClockSpec): Clock['base'] {
  if (clock?.utc !== undefined) {
    const { offsetSeconds } = clock.utc;
    return { kind: 'utc', ...(offsetSeconds !== undefined && { offsetSeconds }) };
  }
  return clock?.timezone ? { kind: 'timezone', name: clock.timezone } : undefined;
}

function planTimers(timer: NonNullable<ClockSpec>['timer'] = {}): Timer[] {
  const { rtc, pit, kvm, hpet, hyperv } = timer;
  const present = (one: { present?: boolean | undefined }): boolean => one.present !== false;
  const ticks = (name: string, policy: string | undefined): { tickPolicy?: TickPolicy } =>
    policy ? { tickPolicy: oneOf(tickPolicies, policy, `${field}.timer.${name}.tickPolicy`) } : {};
  return [
    rtc && {
      kind: 'rtc' as const,
      present: present(rtc),
      ...ticks('rtc', rtc.tickPolicy),
      ...(rtc.track && { track: oneOf(tracks, rtc.track, `${field}.timer.rtc.track`) }),
    },
    pit && { kind: 'pit' as const, present: present(pit), ...ticks('pit', pit.tickPolicy) },
    kvm && { kind: 'kvm' as const, present: present(kvm) },
    hpet && { kind: 'hpet' as const, present: present(hpet), ...ticks('hpet', hpet.tickPolicy) },
    hyperv && { kind: 'hyperv' as const, present: present(hyperv) },
  ].filter((one) => one !== undefined);
}

const tickPolicies = ['delay', 'catchup', 'merge', 'discard'] as const;
type TickPolicy = (typeof tickPolicies)[number];
const tracks = ['guest', 'wall'] as const;

function oneOf<T extends string>(known: readonly T[], value: string, at: string): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new PlanError('invalid', `${value} is none of ${known.join(', ')}`, { field: at });
}

/**
 * KubeVirt: a guest that relies on an invariant time stamp counter, or on being told when it changes, keeps the frequency
 * that virt-controller chose for it.
 */
function timeStampCounter({ spec, status }: VirtualMachineInstance): Timer[] {
  const { cpu, features } = spec.domain;
  const invariant = cpu?.features?.some(
    ({ name, policy }) => name === 'invtsc' && (policy === 'require' || policy === 'force'),
  );
  const reenlightenment = features?.hyperv?.reenlightenment;
  const needed = invariant === true || (reenlightenment !== undefined && reenlightenment.enabled !== false);
  const frequencyHz = status?.topologyHints?.tscFrequency;
  if (!needed || frequencyHz === undefined || architectureOf(spec) !== 'x86_64') return [];
  return [{ kind: 'tsc', frequencyHz }];
}
