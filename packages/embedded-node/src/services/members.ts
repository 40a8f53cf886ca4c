// Which Pods stand behind a Service. Pure.
import type { Pod, Service, ServicePort } from '@virtkit/core-types';

/** A Pod behind a Service. */
export interface Member {
  readonly pod: Pod;
  readonly address: string;
  readonly ready: boolean;
  readonly terminating: boolean;
}

/** A port of a Service as its members have it. */
interface MemberPort {
  readonly name: string | undefined;
  readonly protocol: string;
  readonly port: number;
  readonly appProtocol: string | undefined;
}

/** Members with equal ports: a port by name may be another number in each Pod. */
export interface MemberGroup {
  readonly ports: readonly MemberPort[];
  readonly members: readonly Member[];
}

/** The members of a Service, grouped by their ports. Pods that have ended are none. */
export function memberGroups(service: Service, pods: readonly Pod[]): MemberGroup[] {
  const groups = new Map<string, { ports: MemberPort[]; members: Member[] }>();
  for (const member of members(service, pods)) {
    const ports = (service.spec?.ports ?? []).flatMap((port) => memberPort(port, member.pod));
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, members: [] };
    group.members.push(member);
    groups.set(key, group);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function members({ metadata, spec }: Service, pods: readonly Pod[]): Member[] {
  const selector = Object.entries(spec?.selector ?? {});
  if (selector.length === 0) return [];
  return pods
    .filter(
      (pod) =>
        pod.metadata.namespace === metadata.namespace &&
        selector.every(([key, value]) => pod.metadata.labels?.[key] === value) &&
        pod.status?.podIP !== undefined &&
        pod.status.phase !== 'Succeeded' &&
        pod.status.phase !== 'Failed',
    )
    .map((pod) => {
      const terminating = pod.metadata.deletionTimestamp !== undefined;
      const serving = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
      const ready = (serving && !terminating) || spec?.publishNotReadyAddresses === true;
      return { pod, address: pod.status!.podIP!, ready, terminating };
    })
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** Nothing when the Pod has no port of that name. */
function memberPort(
  { name, protocol = 'TCP', port, targetPort = port, appProtocol }: ServicePort,
  pod: Pod,
): MemberPort[] {
  const common = { name, protocol, appProtocol };
  if (typeof targetPort === 'number') return [{ ...common, port: targetPort }];
  const found = pod.spec.containers
    .flatMap(({ ports = [] }) => ports)
    .find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol);
  return found === undefined ? [] : [{ ...common, port: found.containerPort }];
}
