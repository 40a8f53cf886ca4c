import { Quantity, type DomainSpec } from '@virtkit/core-types';
import { builtInConfiguration } from '../../configuration/built-in.ts';
import type { SpecFill } from '../fill.ts';

const builtInRequest = Quantity.parse(builtInConfiguration.cpuRequest);
/** KubeVirt counts sockets in 32 bits. */
const mostSockets = 2 ** 32 - 1;

/** D1-3a: who limits the CPU and asks for none asks for the limit. */
export const fillCpuRequestFromLimit: SpecFill = ({ domain }) => {
  const limit = domain.resources?.limits?.['cpu'];
  if (isNothing(limit) || !isNothing(domain.resources?.requests?.['cpu'])) return;
  setRequest(domain, limit);
};

/** D1-3b: the cluster's CPU request, where it is not the built-in one, unless CPUs are dedicated. */
export const fillCpuRequestFromCluster: SpecFill = ({ domain }, { values }) => {
  if (Quantity.parse(values.cpuRequest).equals(builtInRequest)) return;
  if (domain.resources?.requests?.['cpu'] !== undefined || domain.cpu?.dedicatedCpuPlacement === true) return;
  setRequest(domain, values.cpuRequest);
};

/** D1-5: when no part of the topology is given, one core and thread, and as many sockets as CPUs are asked for. */
export const fillCpuTopology: SpecFill = ({ domain }) => {
  const cpu = (domain.cpu ??= {});
  if (cpu.sockets || cpu.cores || cpu.threads) return;
  const { limits, requests } = domain.resources ?? {};
  const asked = Quantity.parse(limits?.['cpu'] ?? requests?.['cpu'] ?? 1).toBytes();
  cpu.sockets = Math.min(Math.max(0, Number(asked)), mostSockets);
  cpu.cores = 1;
  cpu.threads = 1;
};

function setRequest(domain: DomainSpec, request: string | number): void {
  const resources = (domain.resources ??= {});
  resources.requests = { ...resources.requests, cpu: request };
}

function isNothing(quantity: string | number | undefined): quantity is undefined {
  return quantity === undefined || Quantity.parse(quantity).isZero();
}
