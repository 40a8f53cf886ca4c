import type { PodDNSConfig, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

const own = (dnsConfig: PodDNSConfig): SpecParts => ({ dnsConfig });
/** A policy that the schema of the API does not let through. */
const policy = (dnsPolicy: string): SpecParts =>
  Object.assign<Partial<VirtualMachineInstanceSpec>, { dnsPolicy: string }>({}, { dnsPolicy });
const servers = (...nameservers: string[]) => own({ nameservers });
const searches = (...domains: string[]) => own({ searches: domains });

testInstanceSides('name resolution', [
  {
    id: 'DNS-1',
    refuses: policy('Cluster'),
    accepts: policy('ClusterFirstWithHostNet'),
    reason: 'N',
    fields: ['S.dnsPolicy'],
  },
  { id: 'DNS-1', refuses: policy('none'), accepts: policy(''), reason: 'N', fields: ['S.dnsPolicy'] },
  {
    id: 'DNS-2',
    refuses: { dnsPolicy: 'None' },
    accepts: { dnsPolicy: 'None', dnsConfig: {} },
    reason: 'R',
    fields: ['S.dnsConfig'],
    alone: true,
  },
  {
    // What is missing is told alone.
    id: 'DNS-3',
    refuses: { dnsPolicy: 'None', dnsConfig: { searches: ['not_a_domain'] } },
    accepts: { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.0.0.1'] } },
    reason: 'R',
    fields: ['nameservers'],
    alone: true,
  },
  {
    id: 'DNS-4',
    refuses: servers('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'),
    accepts: servers('10.0.0.1', '10.0.0.2', '10.0.0.3'),
    reason: 'I',
    fields: ['nameservers'],
  },
  {
    id: 'DNS-5',
    refuses: servers('dns.example', '10.0.0.256', 'fe80::1%eth0'),
    accepts: servers('10.0.0.255', 'fd00::53', '::ffff:10.0.0.1'),
    reason: 'I',
    fields: ['nameservers', 'nameservers', 'nameservers'],
  },
  {
    id: 'DNS-6',
    refuses: searches('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    accepts: searches('a', 'b', 'c', 'd', 'e', 'f'),
    reason: 'I',
    fields: ['searchDomains'],
  },
  {
    id: 'DNS-7',
    refuses: searches('a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(63), 'e'),
    accepts: searches('a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(62), 'e'),
    reason: 'I',
    fields: ['searchDomains'],
  },
  {
    id: 'DNS-8',
    refuses: searches('example.org', 'not_a_domain', 'example.org.'),
    accepts: searches('example.org', 'a-domain'),
    reason: 'I',
    fields: ['searchDomains', 'searchDomains'],
  },
  {
    id: 'DNS-9',
    refuses: own({ options: [{ name: 'ndots', value: '2' }, { value: '2' }, { name: '' }] }),
    accepts: own({ options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] }),
    reason: 'I',
    fields: ['options', 'options'],
  },
]);
