import type { Probe, VirtualMachineInstance, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { PlanError } from './errors.ts';

/** How a probe looks at the guest. Network probes go to the guest's address when they name no host. */
export type ProbeAction =
  | {
      kind: 'http';
      host: string | undefined;
      port: number;
      path: string;
      scheme: 'http' | 'https';
      headers: readonly { name: string; value: string }[];
    }
  | { kind: 'tcp'; host: string | undefined; port: number }
  | { kind: 'exec'; command: readonly [path: string, ...args: string[]] }
  | { kind: 'guest-agent-ping' };

/** A probe with every default filled in; times in seconds. */
export interface ProbePlan {
  action: ProbeAction;
  initialDelaySeconds: number;
  periodSeconds: number;
  timeoutSeconds: number;
  successThreshold: number;
  failureThreshold: number;
}

/** The probes that the VMI asks for; absent ones are not carried out. */
export interface ProbePlans {
  readiness?: ProbePlan;
  liveness?: ProbePlan;
}

/**
 * The probes of a VMI, for virt-handler to carry out: it reaches the guest's address and its agent.
 * @throws PlanError `invalid` for a probe without exactly one action, or with a port that the VMI does not name
 */
export function planProbes({ spec }: VirtualMachineInstance): ProbePlans {
  const { readinessProbe, livenessProbe } = spec;
  return {
    ...(readinessProbe && { readiness: planProbe(readinessProbe, spec, 'spec.readinessProbe') }),
    ...(livenessProbe && { liveness: planProbe(livenessProbe, spec, 'spec.livenessProbe') }),
  };
}

function planProbe(probe: Probe, spec: VirtualMachineInstanceSpec, field: string): ProbePlan {
  const atLeastOne = (value: number | undefined, otherwise: number): number =>
    value === undefined || value < 1 ? otherwise : value;
  return {
    action: planAction(probe, spec, field),
    initialDelaySeconds: Math.max(0, probe.initialDelaySeconds ?? 0),
    periodSeconds: atLeastOne(probe.periodSeconds, 10),
    timeoutSeconds: atLeastOne(probe.timeoutSeconds, 1),
    successThreshold: atLeastOne(probe.successThreshold, 1),
    failureThreshold: atLeastOne(probe.failureThreshold, 3),
  };
}

function planAction(probe: Probe, spec: VirtualMachineInstanceSpec, field: string): ProbeAction {
  const { httpGet, tcpSocket, exec, guestAgentPing } = probe;
  const given = [httpGet, tcpSocket, exec, guestAgentPing].filter((action) => action !== undefined);
  if (given.length !== 1) throw new PlanError('invalid', 'a probe has exactly one action', { field });
  if (httpGet !== undefined)
    return {
      kind: 'http',
      host: httpGet.host || undefined,
      port: portNumber(httpGet.port, spec, `${field}.httpGet.port`),
      path: httpGet.path || '/',
      scheme: httpGet.scheme === 'HTTPS' ? 'https' : 'http',
      headers: (httpGet.httpHeaders ?? []).map(({ name, value }) => ({ name, value })),
    };
  if (tcpSocket !== undefined)
    return {
      kind: 'tcp',
      host: tcpSocket.host || undefined,
      port: portNumber(tcpSocket.port, spec, `${field}.tcpSocket.port`),
    };
  if (exec === undefined) return { kind: 'guest-agent-ping' };
  const [path, ...args] = exec.command ?? [];
  if (path === undefined)
    throw new PlanError('invalid', 'the command is empty', { field: `${field}.exec.command` });
  return { kind: 'exec', command: [path, ...args] };
}

/** A port by number, or by its name among the ports of the interfaces. */
function portNumber(port: string | number, spec: VirtualMachineInstanceSpec, field: string): number {
  const named = (spec.domain.devices.interfaces ?? [])
    .flatMap(({ ports = [] }) => ports)
    .find(({ name }) => name === port)?.port;
  const value = named ?? Number(port);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new PlanError('invalid', `there is no port ${port}`, { field });
}
