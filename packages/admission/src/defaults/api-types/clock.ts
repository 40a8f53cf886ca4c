import type { SpecFill } from '../fill.ts';

const timers = ['hpet', 'kvm', 'pit', 'rtc', 'hyperv'] as const;

/** D2: timers that are named are present. */
export const fillTimers: SpecFill = ({ domain }) => {
  for (const name of timers) {
    const timer = domain.clock?.timer?.[name];
    if (timer !== undefined) timer.present ??= true;
  }
};
