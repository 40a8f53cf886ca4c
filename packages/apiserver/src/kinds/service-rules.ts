// What the API server refuses of Services, as Kubernetes does.
import { isIPv4 } from 'node:net';
import type { StatusCause } from '../errors.ts';
import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import { labelValueProblem, nameProblem, qualifiedNameProblem } from '../object/names.ts';
import type { KubeObject } from '../object/types.ts';
import {
  duplicateCause,
  forbiddenCause,
  invalidCause,
  requiredCause,
  unsupportedCause,
} from './field-causes.ts';

/** As `clusterIP` of a Service without an address. */
export const HEADLESS = 'None';
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const AFFINITIES = ['ClientIP', 'None'];
const PORT_RANGE = 'must be between 1 and 65535, inclusive';

type Members = Record<string, unknown>;

/** Violations in a Service; what its types and protocols are called, the schema says. */
export function validateService(service: KubeObject): StatusCause[] {
  const spec = membersOf(service.spec);
  const ports = elementsOf(spec.ports).map(membersOf);
  const families = familyCauses(spec);
  if (families.length > 0) return families;
  const headless = elementsOf(spec.clusterIPs)[0] === HEADLESS || spec.clusterIP === HEADLESS;
  return [
    ...(ports.length === 0 && !headless && spec.type !== 'ExternalName' ? [requiredCause('spec.ports')] : []),
    ...(headless && (spec.type === 'NodePort' || spec.type === 'LoadBalancer')
      ? [invalidCause('spec.clusterIPs[0]', HEADLESS, `may not be set to 'None' for ${spec.type} services`)]
      : []),
    ...(spec.type === 'ExternalName' ? externalNameCauses(spec) : []),
    ...ports.flatMap((port, index) => portCauses(port, ports.slice(0, index), ports.length > 1, index)),
    ...selectorCauses(membersOf(spec.selector)),
    ...choice(spec.sessionAffinity, AFFINITIES, 'spec.sessionAffinity'),
    ...(spec.type === 'ExternalName' ? [] : addressCauses(spec)),
    ...repeatedPorts(ports, spec.type),
    ...trafficCauses(spec),
  ];
}

/** There is one family of addresses here; without an address and a selector a Service may name others. */
function familyCauses({ type, clusterIP, selector, ipFamilies, ipFamilyPolicy }: Members): StatusCause[] {
  const open = clusterIP === HEADLESS && Object.keys(membersOf(selector)).length === 0;
  if (type === 'ExternalName' || open) return [];
  const why = 'this cluster is not configured for dual-stack services';
  return [
    ...(ipFamilyPolicy === 'RequireDualStack'
      ? [invalidCause('spec.ipFamilyPolicy', ipFamilyPolicy, why)]
      : []),
    ...elementsOf(ipFamilies).flatMap((family, index) =>
      family === 'IPv4'
        ? []
        : [invalidCause(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
    ),
  ];
}

function choice(value: unknown, choices: readonly string[], field: string): StatusCause[] {
  return value === undefined || choices.includes(stringOf(value))
    ? []
    : [unsupportedCause(field, value, choices)];
}

function externalNameCauses({
  clusterIPs,
  ipFamilies,
  ipFamilyPolicy,
  externalName,
}: Members): StatusCause[] {
  const set = { clusterIPs, ipFamilies, ipFamilyPolicy };
  const name = stringOf(externalName).replace(/\.$/, '');
  const problem = name === '' ? undefined : nameProblem(name, 'dns-subdomain');
  return [
    ...Object.entries(set)
      .filter(([, value]) => value !== undefined)
      .map(([member]) => forbiddenCause(`spec.${member}`, 'may not be set for ExternalName services')),
    ...(name === '' ? [requiredCause('spec.externalName')] : []),
    ...(problem === undefined ? [] : [invalidCause('spec.externalName', name, problem)]),
  ];
}

function portCauses(port: Members, before: readonly Members[], named: boolean, index: number): StatusCause[] {
  const field = `spec.ports[${index}]`;
  const name = stringOf(port.name);
  const label = name === '' ? undefined : nameProblem(name, 'dns-label');
  const application =
    port.appProtocol === undefined ? undefined : qualifiedNameProblem(stringOf(port.appProtocol));
  return [
    ...(named && name === '' ? [requiredCause(`${field}.name`)] : []),
    ...(label === undefined ? [] : [invalidCause(`${field}.name`, name, label)]),
    ...(name !== '' && before.some((other) => other.name === name)
      ? [duplicateCause(`${field}.name`, name)]
      : []),
    // That it is missing is what the schema says.
    ...(port.port === undefined ? [] : numberCauses(port.port, `${field}.port`)),
    ...(typeof port.targetPort === 'string'
      ? portNameCauses(port.targetPort, `${field}.targetPort`)
      : port.targetPort === undefined
        ? []
        : numberCauses(port.targetPort, `${field}.targetPort`)),
    ...(application === undefined
      ? []
      : [invalidCause(`${field}.appProtocol`, port.appProtocol, application)]),
  ];
}

function numberCauses(port: unknown, field: string): StatusCause[] {
  return typeof port === 'number' && port >= 1 && port <= 65_535
    ? []
    : [invalidCause(field, port, PORT_RANGE)];
}

function portNameCauses(name: string, field: string): StatusCause[] {
  const problems = [
    ...(name.length > 15 ? ['must be no more than 15 bytes'] : []),
    ...(/^[-a-z0-9]+$/.test(name)
      ? []
      : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
    ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(/^-|-$/.test(name) ? ['must not begin or end with a hyphen'] : []),
  ];
  return problems.map((problem) => invalidCause(field, name, problem));
}

function selectorCauses(selector: Members): StatusCause[] {
  return Object.entries(selector).flatMap(([key, value]) => {
    const [keyProblem, valueProblem] = [qualifiedNameProblem(key), labelValueProblem(stringOf(value))];
    return [
      ...(keyProblem === undefined ? [] : [invalidCause('spec.selector', key, keyProblem)]),
      ...(valueProblem === undefined ? [] : [invalidCause('spec.selector', value, valueProblem)]),
    ];
  });
}

function addressCauses({ clusterIP, clusterIPs }: Members): StatusCause[] {
  const field = 'spec.clusterIPs';
  const [first = '', ...others] = elementsOf(clusterIPs).map((address) => stringOf(address));
  const single = stringOf(clusterIP);
  if (single === '' && first !== '')
    return [invalidCause(field, clusterIPs, 'must be empty when `clusterIP` is not specified')];
  if (first !== '' && first !== single)
    return [invalidCause(field, clusterIPs, 'first value must match `clusterIP`')];
  const problems = [
    ...(others.length > 0 && first === HEADLESS ? ["'None' must be the first and only value"] : []),
    ...(others.length > 0 && first !== HEADLESS
      ? ['may specify no more than one IP for each IP family']
      : []),
  ].map((why) => invalidCause(field, clusterIPs, why));
  // The addresses of Services here are IPv4.
  return first === '' || first === HEADLESS || isIPv4(first)
    ? problems
    : [
        ...problems,
        invalidCause(`${field}[0]`, first, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'),
      ];
}

function repeatedPorts(ports: readonly Members[], type: unknown): StatusCause[] {
  const nodePort = (port: Members) => (port.nodePort === 0 ? undefined : port.nodePort);
  const useless =
    type !== 'ClusterIP'
      ? []
      : ports.flatMap((port, index) =>
          nodePort(port) === undefined
            ? []
            : [forbiddenCause(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")],
        );
  const repeated = (same: (a: Members, b: Members) => boolean, index: number) =>
    ports
      .slice(0, index)
      .some((other) => other.protocol === ports[index]?.protocol && same(other, ports[index]!));
  return [
    ...useless,
    ...ports.flatMap((port, index) =>
      nodePort(port) !== undefined && repeated((a, b) => a.nodePort === b.nodePort, index)
        ? [duplicateCause(`spec.ports[${index}].nodePort`, port.nodePort)]
        : [],
    ),
    ...ports.flatMap((port, index) =>
      repeated((a, b) => a.port === b.port, index)
        ? // Kubernetes shows its own type here, with all of its members.
          [
            duplicateCause(`spec.ports[${index}]`, {
              Name: '',
              Protocol: port.protocol,
              AppProtocol: null,
              Port: port.port,
              TargetPort: 0,
              NodePort: 0,
            }),
          ]
        : [],
    ),
  ];
}

/** Whether a Service can be reached from outside, so that it matters where its traffic from there goes. */
export function isReachable({ type, externalIPs }: Members): boolean {
  return (
    type === 'NodePort' ||
    type === 'LoadBalancer' ||
    (type === 'ClusterIP' && elementsOf(externalIPs).length > 0)
  );
}

function trafficCauses(spec: Members): StatusCause[] {
  const { type, allocateLoadBalancerNodePorts, externalTrafficPolicy: external } = spec;
  const field = 'spec.externalTrafficPolicy';
  return [
    ...(allocateLoadBalancerNodePorts !== undefined && type !== 'LoadBalancer'
      ? [
          forbiddenCause(
            'spec.allocateLoadBalancerNodePorts',
            "may only be used when `type` is 'LoadBalancer'",
          ),
        ]
      : []),
    ...(isReachable(spec)
      ? choice(external, TRAFFIC_POLICIES, field)
      : external === undefined
        ? []
        : [invalidCause(field, external, 'may only be set for externally-accessible services')]),
    ...choice(spec.internalTrafficPolicy, TRAFFIC_POLICIES, 'spec.internalTrafficPolicy'),
  ];
}

/** What was assigned to a Service does not change, unless it is one without addresses now, or was one before. */
export function validateServiceUpdate(service: KubeObject, old: KubeObject): StatusCause[] {
  const [now, before] = [membersOf(service.spec), membersOf(old.spec)];
  if (now.type === 'ExternalName' || before.type === 'ExternalName') return [];
  if (familyCauses(now).length > 0) return [];
  const after = elementsOf(now.clusterIPs);
  const assigned = elementsOf(before.clusterIPs);
  if (after[0] === HEADLESS && assigned[0] === HEADLESS) return [];
  const field = 'spec.clusterIPs[0]';
  if (assigned.length > 0 && after.length === 0)
    return [invalidCause(field, now.clusterIPs, 'primary clusterIP can not be unset')];
  return assigned[0] === after[0] ? [] : [invalidCause(field, now.clusterIPs, 'may not change once set')];
}
