import type { Probe } from '@virtkit/core-types';
import type { SpecDefault } from './spec-default.ts';

/** What happens when the node is drained, from the cluster (KubeVirt defaulting D1-7). */
export const evictionDefault: SpecDefault = (spec, { values }) => ({
  ...spec,
  evictionStrategy: spec.evictionStrategy ?? values.evictionStrategy,
});

/** The i6300ESB with a reset, for watchdogs that leave it open (KubeVirt defaulting, defaults per architecture). */
export const watchdogDefault: SpecDefault = (spec) => {
  const { watchdog } = spec.domain.devices;
  if (watchdog === undefined || watchdog.diag288 !== undefined) return spec;
  const { i6300esb } = watchdog;
  const complete = { ...watchdog, i6300esb: { ...i6300esb, action: i6300esb?.action || 'reset' } };
  return { ...spec, domain: { ...spec.domain, devices: { ...spec.domain.devices, watchdog: complete } } };
};

/** Times and thresholds of probes (KubeVirt defaulting D2; as for Pods). */
export const probesDefault: SpecDefault = (spec) => ({
  ...spec,
  ...(spec.readinessProbe === undefined ? {} : { readinessProbe: withTimes(spec.readinessProbe) }),
  ...(spec.livenessProbe === undefined ? {} : { livenessProbe: withTimes(spec.livenessProbe) }),
});

function withTimes(probe: Probe): Probe {
  return {
    ...probe,
    timeoutSeconds: atLeastOne(probe.timeoutSeconds, 1),
    periodSeconds: atLeastOne(probe.periodSeconds, 10),
    successThreshold: atLeastOne(probe.successThreshold, 1),
    failureThreshold: atLeastOne(probe.failureThreshold, 3),
  };
}

function atLeastOne(value: number | undefined, otherwise: number): number {
  return value === undefined || value < 1 ? otherwise : value;
}
