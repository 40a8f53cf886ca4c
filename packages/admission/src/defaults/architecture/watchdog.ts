import type { SpecFill } from '../fill.ts';

/** The watchdog of PC machines resets the guest. */
export const fillWatchdogOfAmd64: SpecFill = ({ domain: { devices } }) => {
  if (devices.watchdog === undefined) return;
  const i6300esb = (devices.watchdog.i6300esb ??= {});
  i6300esb.action ||= 'reset';
};

/** The watchdog of s390x machines resets the guest. */
export const fillWatchdogOfS390x: SpecFill = ({ domain: { devices } }) => {
  if (devices.watchdog === undefined) return;
  const diag288 = (devices.watchdog.diag288 ??= {});
  diag288.action ||= 'reset';
};
