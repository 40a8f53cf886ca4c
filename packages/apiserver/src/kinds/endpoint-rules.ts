// What the API server refuses of Endpoints and EndpointSlices, as Kubernetes does.
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import type { StatusCause } from '../errors.ts';
import { elementsOf, equalJson, membersOf, stringOf } from '../object/json.ts';
import { nameProblem, qualifiedNameProblem } from '../object/names.ts';
import type { KubeObject } from '../object/types.ts';
import {
  duplicateCause,
  immutableCauses,
  invalidCause,
  requiredCause,
  unsupportedCause,
} from './field-causes.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const NOT_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

type Members = Record<string, unknown>;

/** Addresses that nobody else could reach, but for those of the host itself: what a test serves runs beside this server. */
const UNREACHABLE: readonly (readonly [why: string, ranges: BlockList])[] = [
  [
    'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    rangesOf(['169.254.0.0', 16], ['fe80::', 10]),
  ],
  [
    'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    rangesOf(['224.0.0.0', 24], ['ff02::', 16]),
  ],
];

function rangesOf(...ranges: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, isIPv4(network) ? 'ipv4' : 'ipv6');
  return list;
}

function addressCauses(address: string, field: string): StatusCause[] {
  if (address === '0.0.0.0' || address === '::')
    return [invalidCause(field, address, `may not be unspecified (${address})`)];
  return UNREACHABLE.filter(([, ranges]) => ranges.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')).map(
    ([why]) => invalidCause(field, address, why),
  );
}

function labelCauses(value: unknown, field: string): StatusCause[] {
  const problem = nameProblem(stringOf(value), 'dns-label');
  return problem === undefined ? [] : [invalidCause(field, value, problem)];
}

function protocolCauses(protocol: unknown, field: string): StatusCause[] {
  return PROTOCOLS.includes(stringOf(protocol)) ? [] : [unsupportedCause(field, protocol, PROTOCOLS)];
}

function applicationCauses(protocol: unknown, field: string): StatusCause[] {
  const problem = protocol === undefined ? undefined : qualifiedNameProblem(stringOf(protocol));
  return problem === undefined ? [] : [invalidCause(field, protocol, problem)];
}

/** Violations in a slice; endpoints that an update leaves as they are are not held against it. */
export function validateSlice(slice: KubeObject, old?: KubeObject): StatusCause[] {
  const { addressType } = slice;
  const known = ADDRESS_TYPES.includes(stringOf(addressType));
  return [
    ...(addressType === '' ? [requiredCause('addressType')] : []),
    ...(known || addressType === undefined || addressType === ''
      ? []
      : [unsupportedCause('addressType', addressType, ADDRESS_TYPES)]),
    ...slicePorts(elementsOf(slice.ports).map(membersOf)),
    ...elementsOf(old !== undefined && equalJson(slice.endpoints, old.endpoints) ? [] : slice.endpoints)
      .map(membersOf)
      .flatMap((endpoint, index) => endpointCauses(endpoint, stringOf(addressType), `endpoints[${index}]`)),
  ];
}

/** The type of a slice's addresses is fixed. */
export function validateSliceUpdate(slice: KubeObject, old: KubeObject): StatusCause[] {
  return immutableCauses(['addressType'], '', [slice, old]);
}

function slicePorts(ports: readonly Members[]): StatusCause[] {
  return ports.flatMap(({ name, protocol, appProtocol }, index) => {
    const field = `ports[${index}]`;
    const isSecond = ports.findIndex((other) => other.name === name) < index;
    return [
      ...(stringOf(name) === '' ? [] : labelCauses(name, `${field}.name`)),
      ...(isSecond ? [duplicateCause(`${field}.name`, name)] : []),
      ...protocolCauses(protocol, `${field}.protocol`),
      ...applicationCauses(appProtocol, `${field}.appProtocol`),
    ];
  });
}

function endpointCauses({ addresses, hostname }: Members, type: string, field: string): StatusCause[] {
  const given = elementsOf(addresses).map((address) => stringOf(address));
  return [
    ...(given.length === 0 ? [requiredCause(`${field}.addresses`, 'must contain at least 1 address')] : []),
    ...given.flatMap((address, index) => typedCauses(address, type, `${field}.addresses`, index)),
    ...(hostname === undefined ? [] : labelCauses(hostname, `${field}.hostname`)),
  ];
}

function typedCauses(address: string, type: string, list: string, index: number): StatusCause[] {
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const field = `${list}[${index}]`;
  if (isIP(address) === 0) return [invalidCause(field, address, NOT_IP)];
  const fits = type === 'IPv4' ? isIPv4(address) : isIPv6(address);
  return [
    ...(fits ? [] : [invalidCause(list, address, `must be an ${type} address`)]),
    ...addressCauses(address, field),
  ];
}

/** Violations in Endpoints. */
export function validateEndpoints({ subsets }: KubeObject): StatusCause[] {
  return elementsOf(subsets)
    .map(membersOf)
    .flatMap((subset, index) => subsetCauses(subset, `subsets[${index}]`));
}

function subsetCauses({ addresses, notReadyAddresses, ports }: Members, field: string): StatusCause[] {
  const ready = elementsOf(addresses).map(membersOf);
  const others = elementsOf(notReadyAddresses).map(membersOf);
  const numbered = elementsOf(ports).map(membersOf);
  return [
    ...(ready.length + others.length === 0
      ? [requiredCause(field, 'must specify `addresses` or `notReadyAddresses`')]
      : []),
    ...ready.flatMap((address, index) => hostCauses(address, `${field}.addresses[${index}]`)),
    ...others.flatMap((address, index) => hostCauses(address, `${field}.notReadyAddresses[${index}]`)),
    ...numbered.flatMap((port, index) => portCauses(port, numbered.length > 1, `${field}.ports[${index}]`)),
  ];
}

function hostCauses({ ip, hostname }: Members, field: string): StatusCause[] {
  const address = stringOf(ip);
  return [
    ...(isIP(address) === 0 ? [invalidCause(`${field}.ip`, address, NOT_IP)] : []),
    ...(stringOf(hostname) === '' ? [] : labelCauses(hostname, `${field}.hostname`)),
    ...(isIP(address) === 0
      ? [invalidCause(`${field}.ip`, address, 'must be a valid IP address')]
      : addressCauses(address, `${field}.ip`)),
  ];
}

function portCauses(
  { name, port, protocol, appProtocol }: Members,
  named: boolean,
  field: string,
): StatusCause[] {
  const number = Number(port ?? 0);
  return [
    ...(named && stringOf(name) === '' ? [requiredCause(`${field}.name`)] : []),
    ...(stringOf(name) === '' ? [] : labelCauses(name, `${field}.name`)),
    ...(number >= 1 && number <= 65_535
      ? []
      : [invalidCause(`${field}.port`, number, 'must be between 1 and 65535, inclusive')]),
    ...protocolCauses(protocol, `${field}.protocol`),
    ...applicationCauses(appProtocol, `${field}.appProtocol`),
  ];
}
