// The address translation of Services as an nftables ruleset. Pure.
import type { EndpointSlice, Service } from '@virtkit/core-types';
import { isIPv4 } from 'node:net';
import { serviceNameLabel } from './endpoint-objects.ts';

/** Where one port of a Service leads. */
export interface ServiceTarget {
  readonly service: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly clusterAddresses: readonly string[];
  readonly port: number;
  readonly nodePort: number | undefined;
  /** `address` and `port` of the ready members; none means that connections are refused. */
  readonly members: readonly { readonly address: string; readonly port: number }[];
  /** Seconds that a client stays with its member; undefined without session affinity. */
  readonly affinitySeconds: number | undefined;
}

/** What the Services and their slices amount to, in a stable order. */
export function serviceTargets(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
): ServiceTarget[] {
  return services
    .filter(({ spec }) => spec?.type !== 'ExternalName')
    .flatMap((service) => targetsOf(service, slices))
    .sort((a, b) => compare(a.service, b.service) || a.port - b.port || compare(a.protocol, b.protocol));
}

function targetsOf({ metadata, spec = {} }: Service, slices: readonly EndpointSlice[]): ServiceTarget[] {
  const own = slices.filter(
    (slice) =>
      slice.metadata.namespace === metadata.namespace &&
      slice.metadata.labels?.[serviceNameLabel] === metadata.name,
  );
  const cluster = (spec.clusterIPs ?? [spec.clusterIP ?? ''])
    .concat(spec.externalIPs ?? [])
    .filter((ip) => isIPv4(ip));
  return (spec.ports ?? []).map(({ name = '', protocol = 'TCP', port, nodePort }) => {
    const members = own.flatMap(({ endpoints, ports }) => {
      const number = ports?.find(
        (one) => (one.name ?? '') === name && (one.protocol ?? 'TCP') === protocol,
      )?.port;
      if (number === undefined) return [];
      return (endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses }) => addresses.filter((ip) => isIPv4(ip)))
        .map((address) => ({ address, port: number }));
    });
    return {
      service: `${metadata.namespace ?? ''}/${metadata.name ?? ''}`,
      protocol: protocolOf(protocol),
      clusterAddresses: cluster,
      port,
      nodePort: spec.type === 'NodePort' || spec.type === 'LoadBalancer' ? nodePort : undefined,
      members: members.sort((a, b) => compare(a.address, b.address) || a.port - b.port),
      affinitySeconds:
        spec.sessionAffinity === 'ClientIP'
          ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800)
          : undefined,
    };
  });
}

function protocolOf(protocol: string): ServiceTarget['protocol'] {
  switch (protocol) {
    case 'UDP':
      return 'udp';
    case 'SCTP':
      return 'sctp';
    default:
      return 'tcp';
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Mark of packets that were sent to a Service and whose answers must come back through this machine. */
const masqueradeMark = '0x4000';

/** Removes the table, whether or not it is there. */
export function removalRuleset(table: string): string {
  return `add table ip ${table}\ndelete table ip ${table}\n`;
}

/**
 * A ruleset that replaces the table as one transaction (nft -f).
 *
 * New connections to a cluster address or a node port go to a random ready member. A connection is masqueraded when
 * it comes through a node port, or from the very Pod that it leads to (hairpin): else the answer would take another
 * way.
 */
export function ruleset(table: string, targets: readonly ServiceTarget[]): string {
  const chains = targets.map((target, index) => memberChain(target, index));
  const cluster = targets.flatMap((target, index) =>
    target.clusterAddresses.map(
      (ip) => `    ${ip} . ${target.protocol} . ${target.port} : goto service-${index}`,
    ),
  );
  const node = targets.flatMap((target, index) =>
    target.nodePort === undefined
      ? []
      : [`    ${target.protocol} . ${target.nodePort} : goto nodeport-${index}`],
  );
  const refused = targets.filter(({ members }) => members.length === 0);
  return `${removalRuleset(table)}table ip ${table} {
${map('cluster-addresses', 'ipv4_addr . inet_proto . inet_service', cluster)}
${map('node-ports', 'inet_proto . inet_service', node)}
${chains.join('\n')}
  chain dispatch {
    ip daddr . meta l4proto . th dport vmap @cluster-addresses
    fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @node-ports
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    jump dispatch
  }
  chain output {
    type nat hook output priority -100; policy accept;
    jump dispatch
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    meta mark & ${masqueradeMark} == ${masqueradeMark} masquerade
    ct status dnat ip saddr . ip daddr @hairpin masquerade
  }
  chain refused {
${refused.flatMap(refusal).join('\n')}
  }
  chain forward-filter {
    type filter hook forward priority filter; policy accept;
    ct state new jump refused
  }
  chain output-filter {
    type filter hook output priority filter; policy accept;
    ct state new jump refused
  }
  chain input-filter {
    type filter hook input priority filter; policy accept;
    ct state new jump refused
  }
  set hairpin {
    type ipv4_addr . ipv4_addr
${hairpinElements(targets)}
  }
}
`;
}

function memberChain({ service, protocol, members, affinitySeconds }: ServiceTarget, index: number): string {
  const choice = members.map(({ address, port }, at) => `${at} : ${address} . ${port}`).join(', ');
  const key =
    affinitySeconds === undefined
      ? `numgen random mod ${members.length}`
      : `jhash ip saddr mod ${members.length}`;
  const rule =
    members.length === 0 ? [] : [`    meta l4proto ${protocol} dnat ip to ${key} map { ${choice} }`];
  return [
    `  chain service-${index} {`,
    `    comment "${service}"`,
    ...rule,
    '  }',
    `  chain nodeport-${index} {`,
    `    meta mark set meta mark | ${masqueradeMark}`,
    `    goto service-${index}`,
    '  }',
  ].join('\n');
}

function refusal({ protocol, clusterAddresses, port, nodePort }: ServiceTarget): string[] {
  const reject = protocol === 'tcp' ? 'reject with tcp reset' : 'reject';
  return [
    ...clusterAddresses.map((ip) => `    ip daddr ${ip} ${protocol} dport ${port} ${reject}`),
    ...(nodePort === undefined ? [] : [`    fib daddr type local ${protocol} dport ${nodePort} ${reject}`]),
  ];
}

function map(name: string, type: string, elements: readonly string[]): string {
  const body = elements.length === 0 ? '' : `\n    elements = {\n${elements.join(',\n')}\n    }`;
  return `  map ${name} {\n    type ${type} : verdict${body}\n  }`;
}

function hairpinElements(targets: readonly ServiceTarget[]): string {
  const addresses = [
    ...new Set(targets.flatMap(({ members }) => members.map(({ address }) => address))),
  ].sort();
  if (addresses.length === 0) return '';
  return `    elements = { ${addresses.map((address) => `${address} . ${address}`).join(', ')} }`;
}
