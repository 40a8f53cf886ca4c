import { elementsOf, equalJson, isObject, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { HEADLESS, isReachable } from './service-rules.ts';

type Members = Record<string, unknown>;

const hasAddress = ({ type }: Members): boolean => type !== 'ExternalName';

/** Whether the ports of a Service are open on every node. */
export function hasNodePorts({ type, allocateLoadBalancerNodePorts }: Members): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

/**
 * What was assigned stays assigned when an update leaves it out, and goes when the Service becomes one that cannot have it, unless the
 * update changes it as well: that is a mistake to be told of. In place.
 */
export function keepAllocations(service: KubeObject, old: KubeObject): void {
  if (!isObject(service.spec)) return;
  const { spec } = service;
  const before = membersOf(old.spec);
  if (hasAddress(spec) && hasAddress(before)) {
    if (stringOf(spec.clusterIP) === '' && before.clusterIP !== undefined) spec.clusterIP = before.clusterIP;
    if (elementsOf(spec.clusterIPs).length === 0 && before.clusterIPs !== undefined)
      spec.clusterIPs = before.clusterIPs;
  }
  shareAddress(spec, before);
  assignFamilies(spec, before);
  if (hasNodePorts(spec) && hasNodePorts(before)) keepNodePorts(spec, before);
  dropUseless(spec, before);
}

/** Older clients only know the member for a single address, in place. */
export function shareAddress(spec: Members, before: Members = {}): void {
  if (stringOf(spec.clusterIP) === '' || spec.clusterIP === before.clusterIP) return;
  if (equalJson(elementsOf(spec.clusterIPs), elementsOf(before.clusterIPs)))
    spec.clusterIPs = [spec.clusterIP];
}

function keepNodePorts(spec: Members, before: Members): void {
  const [ports, assigned] = [spec, before].map((from) => elementsOf(from.ports).filter(isObject)) as [
    Members[],
    Members[],
  ];
  const taken = new Set(ports.map(({ nodePort }) => nodePort));
  for (const port of ports) {
    if (typeof port.nodePort === 'number' && port.nodePort !== 0) continue;
    const same = assigned.findLast(({ name }) => stringOf(name) === stringOf(port.name));
    if (same?.nodePort !== undefined && !taken.has(same.nodePort)) port.nodePort = same.nodePort;
  }
}

/** Says by which families of addresses a Service is reached, in place. */
export function assignFamilies(spec: Members, before: Members = {}): void {
  if (!hasAddress(spec)) return;
  const open = spec.clusterIP === HEADLESS && Object.keys(membersOf(spec.selector)).length === 0;
  spec.ipFamilyPolicy ??= before.ipFamilyPolicy ?? (open ? 'RequireDualStack' : 'SingleStack');
  if (elementsOf(spec.ipFamilies).length === 0) spec.ipFamilies = ['IPv4'];
  // Who finds the endpoints of such a Service is not known, and neither is how they are reached.
  if (open && spec.ipFamilyPolicy !== 'SingleStack' && elementsOf(spec.ipFamilies).length < 2)
    spec.ipFamilies = [...elementsOf(spec.ipFamilies), 'IPv6'];
}

function dropUseless(spec: Members, before: Members): void {
  const drop = (...members: string[]): void => {
    for (const member of members)
      if (equalJson(spec[member], before[member])) Reflect.deleteProperty(spec, member);
  };
  if (hasAddress(before) && !hasAddress(spec)) {
    if (spec.clusterIP === before.clusterIP) drop('clusterIP', 'clusterIPs');
    drop('ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy');
  }
  const numbers = (from: Members) => elementsOf(from.ports).map((port) => membersOf(port).nodePort);
  const isNew = (port: unknown) => port !== undefined && port !== 0 && !numbers(before).includes(port);
  const served = ['NodePort', 'LoadBalancer'];
  if (
    served.includes(stringOf(before.type)) &&
    !served.includes(stringOf(spec.type)) &&
    !numbers(spec).some(isNew)
  )
    for (const port of elementsOf(spec.ports)) Reflect.deleteProperty(membersOf(port), 'nodePort');
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer')
    drop('allocateLoadBalancerNodePorts', 'loadBalancerClass');
  if (isReachable(before) && !isReachable(spec)) drop('externalTrafficPolicy');
}
