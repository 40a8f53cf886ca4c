import { collection } from '../requests.ts';
import { change, content } from './draw.ts';
import type { DrawnKind } from './resource.ts';

const port = (more: object) => ({ port: 80, ...more });
export const drawnService: DrawnKind = {
  kind: 'Service',
  apiVersion: 'v1',
  path: collection('services'),
  assigns: true,
  good: { spec: { ports: [{ port: 80 }] } },
  content: content(
    { spec: { ports: [port({})], selector: { a: 'b' } } },
    { spec: { ports: [port({ name: 'a' }), port({ name: 'b', protocol: 'UDP' })] } },
    { spec: { ports: [port({ targetPort: 'web' })], type: 'NodePort' } },
    { spec: { clusterIP: 'None', selector: { a: 'b' } } },
    { spec: { type: 'ExternalName', externalName: 'example.com' } },
    { spec: { ports: [port({}), port({ port: 81 })] } },
    { spec: { ports: [] } },
    { spec: { ports: [port({ port: 0 })] } },
    { spec: { type: 'LoadBalancer', ports: [port({})], sessionAffinity: 'ClientIP' } },
    { spec: { clusterIP: 'None' } },
    { spec: { ports: [port({ targetPort: 'not--a-port' })] } },
    { spec: { type: 'Other', ports: [port({})] } },
  ),
  changes: change(
    ['strategic', { spec: { ports: [{ port: 443, name: 'more' }] } }],
    ['strategic', { spec: { ports: [{ port: 80, targetPort: 8080 }] } }],
    ['merge', { spec: { selector: { c: 'd' } } }],
    ['merge', { spec: { type: 'NodePort' } }],
    ['merge', { spec: { type: 'ClusterIP' } }],
    ['merge', { spec: { type: 'ExternalName', externalName: 'example.org' } }],
    ['merge', { spec: { clusterIP: '10.96.250.250' } }],
    ['merge', { spec: { ports: null } }],
    ['json', [{ op: 'replace', path: '/spec/ports/0/port', value: 8080 }]],
  ),
};

const endpoint = (...addresses: string[]) => ({ addresses });

/** Without empty lists: whose those are differs, and then what the next ones may change. They are asked for by a written sequence. */
export const drawnSlice: DrawnKind = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  path: collection('endpointslices', 'discovery.k8s.io/v1'),
  good: { addressType: 'IPv4', endpoints: [endpoint('10.0.0.8')], ports: [{ port: 8 }] },
  content: content(
    { addressType: 'IPv4', endpoints: [endpoint('10.0.0.1')], ports: [{ port: 80 }] },
    { addressType: 'IPv4', endpoints: [endpoint('10.0.0.1', '10.0.0.2'), endpoint('10.0.0.3')], ports: [{ name: 'a' }] },
    { addressType: 'IPv6', endpoints: [endpoint('2001:db8::1')], ports: [{ name: 'a', port: 1 }, { name: 'b' }] },
    { addressType: 'IPv4', endpoints: [{ ...endpoint('10.0.0.1'), conditions: { ready: true } }], ports: [{}] },
    { addressType: 'IPv4', endpoints: [endpoint('169.254.0.1')], ports: [] },
    { addressType: 'IPv4', endpoints: [endpoint('2001:db8::1')], ports: [] },
    { addressType: 'IPv4', endpoints: [endpoint('here')], ports: [] },
    { addressType: 'IPv4', endpoints: [endpoint()], ports: [] },
    { addressType: 'IPv4', endpoints: [], ports: [{ name: 'A b', protocol: 'ICMP' }] },
    { addressType: 'IPv4', endpoints: [], ports: [{ port: 1 }, { port: 2 }] },
    { addressType: 'Other', endpoints: [], ports: [] },
  ),
  changes: change(
    ['merge', { endpoints: [endpoint('10.0.0.9')] }],
    ['merge', { addressType: 'IPv6' }],
    ['strategic', { ports: [{ name: 'c', port: 3 }] }],
    ['json', [{ op: 'add', path: '/endpoints/0/conditions/serving', value: false }]],
  ),
};

const subset = (...ips: string[]) => ({ addresses: ips.map((ip) => ({ ip })), ports: [{ port: 80 }] });

export const drawnEndpoints: DrawnKind = {
  kind: 'Endpoints',
  apiVersion: 'v1',
  path: collection('endpoints'),
  good: {},
  content: content(
    {},
    { subsets: [subset('10.0.0.1')] },
    { subsets: [subset('10.0.0.1', '10.0.0.2'), { notReadyAddresses: [{ ip: '10.0.0.3', hostname: 'h' }] }] },
    { subsets: [{ ports: [{ port: 80 }] }] },
    { subsets: [subset('169.254.0.1')] },
    { subsets: [subset('nowhere')] },
    { subsets: [{ ...subset('10.0.0.1'), ports: [{ port: 0 }] }] },
    { subsets: [{ ...subset('10.0.0.1'), ports: [{ port: 1 }, { port: 2 }] }] },
  ),
  changes: change(
    ['merge', { subsets: [subset('10.0.0.4')] }],
    ['merge', { subsets: null }],
    ['strategic', { subsets: [subset('10.0.0.5')] }],
    ['json', [{ op: 'replace', path: '/subsets/0/addresses/0/ip', value: '10.0.0.6' }]],
  ),
};
