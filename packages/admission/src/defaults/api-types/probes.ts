import type { Probe } from '@virtkit/core-types';
import type { SpecFill } from '../fill.ts';

/** D2: times and thresholds of probes, which are at least 1. */
export const fillProbes: SpecFill = ({ readinessProbe, livenessProbe }) => {
  for (const probe of [readinessProbe, livenessProbe]) if (probe !== undefined) fillTimes(probe);
};

function fillTimes(probe: Probe): void {
  probe.timeoutSeconds = atLeastOne(probe.timeoutSeconds, 1);
  probe.periodSeconds = atLeastOne(probe.periodSeconds, 10);
  probe.successThreshold = atLeastOne(probe.successThreshold, 1);
  probe.failureThreshold = atLeastOne(probe.failureThreshold, 3);
}

function atLeastOne(value: number | undefined, otherwise: number): number {
  return value === undefined || value < 1 ? otherwise : value;
}
