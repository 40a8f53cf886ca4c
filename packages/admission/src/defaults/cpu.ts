import { Quantity, type DomainSpec } from '@virtkit/core-types';
import { builtInConfiguration } from '../configuration/built-in.ts';
import type { SpecDefault } from './spec-default.ts';

const builtInRequest = Quantity.parse(builtInConfiguration.cpuRequest);

/** CPU request: the limit when only that is given, else the cluster's own (KubeVirt defaulting D1-3). */
export const cpuRequestDefault: SpecDefault = (spec, { values }) => {
  const { resources, cpu } = spec.domain;
  const limit = resources?.limits?.['cpu'];
  const request = resources?.requests?.['cpu'];
  const wanted =
    isSet(limit) && !isSet(request)
      ? limit
      : request === undefined && cpu?.dedicatedCpuPlacement !== true
        ? clusterRequest(values.cpuRequest)
        : undefined;
  if (wanted === undefined) return spec;
  const requests = { ...resources?.requests, cpu: wanted };
  return { ...spec, domain: { ...spec.domain, resources: { ...resources, requests } } };
};

/** Topology, when no part of it is given: one core and thread, sockets from limit or request (KubeVirt defaulting D1-5). */
export const cpuTopologyDefault: SpecDefault = (spec) => {
  const { cpu } = spec.domain;
  if ((cpu?.sockets ?? 0) !== 0 || (cpu?.cores ?? 0) !== 0 || (cpu?.threads ?? 0) !== 0) return spec;
  const topology = { ...cpu, sockets: socketsFrom(spec.domain), cores: 1, threads: 1 };
  return { ...spec, domain: { ...spec.domain, cpu: topology } };
};

/** The cluster's CPU model, else the host's. */
export const cpuModelDefault: SpecDefault = (spec, { values }) => {
  const model = spec.domain.cpu?.model || values.cpuModel || 'host-model';
  return { ...spec, domain: { ...spec.domain, cpu: { ...spec.domain.cpu, model } } };
};

/** The cluster's request; the built-in one is left to the controllers. */
function clusterRequest(request: string | number): string | number | undefined {
  return Quantity.parse(request).equals(builtInRequest) ? undefined : request;
}

function socketsFrom({ resources }: DomainSpec): number {
  const [asked] = [resources?.limits?.['cpu'], resources?.requests?.['cpu']].filter(isSet);
  return asked === undefined ? 1 : Math.max(1, Math.ceil(Quantity.parse(asked).toNumber()));
}

function isSet(quantity: string | number | undefined): quantity is string | number {
  return quantity !== undefined && !Quantity.parse(quantity).isZero();
}
