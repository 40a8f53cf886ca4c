import type { Clock, Timer } from '@virtkit/hal';
import type { XmlElement } from './element.ts';

/** `<clock>`: what the hardware clock shows at the start, and the timers. */
export function clockElement(clock: Clock | undefined): XmlElement {
  return { ...baseAttributes(clock?.base), timer: (clock?.timers ?? []).map(timerElement) };
}

function baseAttributes(base: Clock['base']): XmlElement {
  if (base === undefined) return { '@offset': 'utc' };
  switch (base.kind) {
    case 'utc':
      return { '@offset': 'utc', '@adjustment': base.offsetSeconds ?? 'reset' };
    case 'timezone':
      return { '@offset': 'timezone', '@timezone': base.name };
  }
}

function timerElement(timer: Timer): XmlElement {
  switch (timer.kind) {
    case 'rtc':
      return { '@name': 'rtc', '@track': timer.track, ...ticks(timer), ...presence(timer) };
    case 'pit':
    case 'hpet':
      return { '@name': timer.kind, ...ticks(timer), ...presence(timer) };
    case 'kvm':
      return { '@name': 'kvmclock', ...presence(timer) };
    case 'hyperv':
      return { '@name': 'hypervclock', ...presence(timer) };
    case 'tsc':
      return { '@name': 'tsc', '@frequency': timer.frequencyHz };
  }
}

const presence = ({ present }: { present: boolean }): XmlElement => ({ '@present': present ? 'yes' : 'no' });
const ticks = ({ tickPolicy }: { tickPolicy?: string | undefined }): XmlElement => ({
  '@tickpolicy': tickPolicy,
});
