import { BlockList, isIPv4 } from 'node:net';
import { ApiServerError, invalid } from '../errors.ts';
import { elementsOf, isObject, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { atomic, bool, int, intOrString, list, map, mergeList, obj, open, str } from '../schema/dsl.ts';
import type { Transaction } from '../storage/store.ts';
import { ageColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';
import { CONDITION } from './schemas/meta.ts';
import { HEADLESS, isReachable, validateService, validateServiceUpdate } from './service-rules.ts';
import { assignFamilies, hasNodePorts, keepAllocations, shareAddress } from './service-updates.ts';

/** Where cluster IPs and node ports come from. */
export interface ServiceRangeOptions {
  /** IPv4 range in CIDR notation, default 10.96.0.0/16. */
  clusterIPs?: string;
  /** First and last port, default 30000 to 32767. */
  nodePorts?: readonly [number, number];
}

/** Checked ranges. */
export interface ServiceRanges {
  readonly cidr: string;
  /** First assignable address as a number. */
  readonly first: number;
  readonly count: number;
  readonly nodePorts: readonly [number, number];
}

const SUBJECT = { group: '', resource: 'services', kind: 'Service' };
/** For how long a client stays with an endpoint. */
const AFFINITY_SECONDS = 10_800;

/** Checks and completes ranges. @throws ApiServerError `InvalidConfiguration` */
export function serviceRanges({
  clusterIPs = '10.96.0.0/16',
  nodePorts = [30000, 32767],
}: ServiceRangeOptions = {}): ServiceRanges {
  const [address = '', bits = ''] = clusterIPs.split('/');
  const prefix = Number(bits);
  if (!isIPv4(address) || !Number.isInteger(prefix) || prefix < 8 || prefix > 30)
    throw new ApiServerError(
      'InvalidConfiguration',
      `services.clusterIPs must be an IPv4 range such as 10.96.0.0/16, not ${clusterIPs}`,
    );
  if (nodePorts[0] > nodePorts[1] || nodePorts[0] < 1 || nodePorts[1] > 65535)
    throw new ApiServerError(
      'InvalidConfiguration',
      `services.nodePorts must be an ascending pair of ports, not ${nodePorts.join('-')}`,
    );
  const size = 2 ** (32 - prefix);
  const base = Math.floor(toNumber(address) / size) * size;
  // Neither the network nor the broadcast address is assigned.
  return { cidr: clusterIPs, first: base + 1, count: size - 2, nodePorts };
}

function toNumber(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

const SPEC = {
  ...obj('Desired state of a service.', {
    type: str('ClusterIP, NodePort, LoadBalancer or ExternalName.', {
      enum: ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'],
    }),
    selector: atomic(map(str(), 'Labels of the pods behind the service.')),
    ports: mergeList(
      obj(
        'A port of the service.',
        {
          name: str('Name, needed when there are several ports.'),
          protocol: str('TCP, UDP or SCTP.', { enum: ['SCTP', 'TCP', 'UDP'], default: 'TCP' }),
          appProtocol: str('Application protocol.'),
          port: int('Port of the service.'),
          targetPort: intOrString('Port of the pods; the same unless given.'),
          nodePort: int('Port of every node.'),
        },
        ['port'],
      ),
      'port',
      'Ports.',
      ['port', 'protocol'],
    ),
    clusterIP: str('Address in the cluster; None for none; assigned unless given.'),
    clusterIPs: list(str(), 'Addresses, one per family.'),
    ipFamilies: list(str(), 'IPv4 or IPv6.'),
    ipFamilyPolicy: str('SingleStack, PreferDualStack or RequireDualStack.'),
    externalIPs: list(str(), 'Further addresses.'),
    externalName: str('DNS name that the service stands for.'),
    externalTrafficPolicy: str('Cluster or Local.'),
    internalTrafficPolicy: str('Cluster or Local.'),
    sessionAffinity: str('None or ClientIP.'),
    sessionAffinityConfig: open('Settings of session affinity.'),
    publishNotReadyAddresses: bool('True to include pods that are not ready.'),
    healthCheckNodePort: int('Port for health checks.'),
    loadBalancerIP: str('Wanted address of a load balancer.'),
    loadBalancerClass: str('Class of load balancer.'),
    loadBalancerSourceRanges: list(str(), 'Clients that may use the load balancer.'),
    allocateLoadBalancerNodePorts: bool('False for load balancers that need no node ports.'),
    trafficDistribution: str('Which endpoints are preferred.'),
  }),
};

/** The resource `services`. */
export function serviceKind(ranges: ServiceRanges): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'Service',
    resource: 'services',
    createsOnUpdate: true,
    answersDeleted: true,
    shortNames: ['svc'],
    categories: ['all'],
    namespaced: true,
    status: true,
    nameFormat: 'dns-label',
    schema: objectSchema('A name and address for a set of pods.', {
      spec: SPEC,
      status: obj('Observed state.', {
        loadBalancer: obj('State of the load balancer.', {
          ingress: list(open('An address.'), 'Addresses.'),
        }),
        conditions: mergeList(CONDITION, 'type', 'Conditions.'),
      }),
    }),
    selectableFields: { 'spec.clusterIP': ['spec', 'clusterIP'], 'spec.type': ['spec', 'type'] },
    columns: [
      nameColumn(),
      textColumn('Type', 'How the service is reached.', (service) => stringOf(membersOf(service.spec).type)),
      textColumn('Cluster-IP', 'Address in the cluster.', (service) =>
        stringOf(membersOf(service.spec).clusterIP, '<none>'),
      ),
      textColumn('External-IP', 'Address outside.', externalAddress),
      textColumn('Port(s)', 'Ports.', ports),
      ageColumn(),
      textColumn('Selector', 'Labels of the pods.', selector, 1),
    ],
    strategy: {
      prepareForCreate: (service) => {
        service.status = { loadBalancer: {} };
        shareAddress(membersOf(service.spec));
      },
      prepareForUpdate: keepAllocations,
      applyDefaults,
      // An update takes over what was assigned first.
      assignDefaults: ({ metadata, spec }) => {
        if (metadata.uid === undefined) assignFamilies(membersOf(spec));
      },
      validate: validateService,
      validateUpdate: validateServiceUpdate,
      warnings,
      allocate: (service, _old, transaction) => allocate(service, transaction, ranges),
    },
  });
}

function applyDefaults(service: KubeObject): void {
  if (!isObject(service.spec)) service.spec = {};
  const spec = membersOf(service.spec);
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'None') Reflect.deleteProperty(spec, 'sessionAffinityConfig');
  if (spec.sessionAffinity === 'ClientIP')
    spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: AFFINITY_SECONDS } };
  for (const port of elementsOf(spec.ports)) {
    if (!isObject(port)) continue;
    port.protocol ??= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '')
      port.targetPort = port.port;
  }
  if (isReachable(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

function warnings({ spec }: KubeObject): string[] {
  const { type, externalName } = membersOf(spec);
  return type !== 'ExternalName' && stringOf(externalName) !== ''
    ? ['spec.externalName is ignored when spec.type is not "ExternalName"']
    : [];
}

function allocate(service: KubeObject, transaction: Transaction, ranges: ServiceRanges): void {
  const spec = membersOf(service.spec);
  const others = transaction
    .list('services')
    .filter(
      (stored) => stored.namespace !== service.metadata.namespace || stored.name !== service.metadata.name,
    )
    .map((stored) => membersOf(stored.object.spec));
  const name = service.metadata.name ?? '';
  if (spec.type !== 'ExternalName') allocateAddress(name, spec, others, ranges);
  // A Service without an address has no traffic of its own, whatever it was before.
  else Reflect.deleteProperty(spec, 'internalTrafficPolicy');
  if (hasNodePorts(spec)) allocateNodePorts(name, spec, others, ranges);
}

function allocateAddress(
  name: string,
  spec: Record<string, unknown>,
  others: readonly Record<string, unknown>[],
  ranges: ServiceRanges,
): void {
  const wanted = stringOf(spec.clusterIP);
  const used = new Set(others.map((other) => stringOf(other.clusterIP)));
  if (wanted === '') spec.clusterIP = freeAddress(used, ranges);
  else if (wanted !== HEADLESS) {
    const problem = used.has(wanted)
      ? 'provided IP is already allocated'
      : inRange(wanted, ranges)
        ? undefined
        : `the IP is not in the range ${ranges.cidr}`;
    if (problem !== undefined)
      throw invalid(SUBJECT, name, [
        {
          reason: 'FieldValueInvalid',
          field: 'spec.clusterIPs',
          message: `Invalid value: ["${wanted}"]: ${problem}`,
        },
      ]);
  }
  spec.clusterIPs = [spec.clusterIP];
}

function inRange(address: string, { cidr }: ServiceRanges): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const block = new BlockList();
  block.addSubnet(network, Number(bits), 'ipv4');
  return isIPv4(address) && block.check(address, 'ipv4');
}

function freeAddress(used: ReadonlySet<string>, { first, count, cidr }: ServiceRanges): string {
  // From a random place on, so that an address is not given to another service right after it was freed.
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step += 1) {
    const address = toAddress(first + ((start + step) % count));
    if (!used.has(address)) return address;
  }
  throw new ApiServerError(
    'InternalError',
    `all cluster IPs of ${cidr} are in use: delete services or configure a larger range`,
  );
}

function allocateNodePorts(
  name: string,
  spec: Record<string, unknown>,
  others: readonly Record<string, unknown>[],
  ranges: ServiceRanges,
): void {
  const [first, last] = ranges.nodePorts;
  const used = new Set(
    others.flatMap((other) => elementsOf(other.ports).map((port) => membersOf(port).nodePort)),
  );
  elementsOf(spec.ports).forEach((port, index) => {
    if (!isObject(port)) return;
    const field = `spec.ports[${index}].nodePort`;
    const wanted = typeof port.nodePort === 'number' && port.nodePort !== 0 ? port.nodePort : undefined;
    const bad = (why: string) =>
      invalid(SUBJECT, name, [
        { reason: 'FieldValueInvalid', field, message: `Invalid value: ${wanted ?? 0}: ${why}` },
      ]);
    if (wanted !== undefined && (wanted < first || wanted > last))
      throw bad(`provided port is not in the valid range ${first}-${last}`);
    if (wanted !== undefined && used.has(wanted)) throw bad('provided port is already allocated');
    const chosen = wanted ?? freePort(used, first, last);
    if (chosen === undefined) throw bad(`all ports of ${first}-${last} are in use`);
    port.nodePort = chosen;
    used.add(chosen);
  });
}

function freePort(used: ReadonlySet<unknown>, first: number, last: number): number | undefined {
  const count = last - first + 1;
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step += 1) {
    const port = first + ((start + step) % count);
    if (!used.has(port)) return port;
  }
  return undefined;
}

function externalAddress(service: KubeObject): string {
  const spec = membersOf(service.spec);
  if (spec.type === 'ExternalName') return stringOf(spec.externalName, '<none>');
  const ingress = elementsOf(membersOf(membersOf(service.status).loadBalancer).ingress).map(membersOf);
  const all = [
    ...ingress.map((entry) => stringOf(entry.ip, stringOf(entry.hostname))),
    ...elementsOf(spec.externalIPs).map((ip) => stringOf(ip)),
  ];
  if (all.length > 0) return all.join(',');
  return spec.type === 'LoadBalancer' ? '<pending>' : '<none>';
}

function ports(service: KubeObject): string {
  const texts = elementsOf(membersOf(service.spec).ports)
    .map(membersOf)
    .map(
      ({ port, nodePort, protocol }) =>
        `${Number(port)}${typeof nodePort === 'number' && nodePort > 0 ? `:${nodePort}` : ''}/${stringOf(protocol, 'TCP')}`,
    );
  return texts.length === 0 ? '<none>' : texts.join(',');
}

function selector(service: KubeObject): string {
  const pairs = Object.entries(membersOf(membersOf(service.spec).selector)).map(
    ([key, value]) => `${key}=${stringOf(value)}`,
  );
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}
