import { isIP } from 'node:net';
import { invalid, notSupported, required } from '../finding.ts';
import { isDnsSubdomain, isQualifiedName } from '../formats.ts';
import type { InstanceRule } from './subject.ts';

const dnsPolicies = ['', 'ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const mostNameservers = 3;
const mostSearches = 6;
const longestSearches = 256;

/** Spread over nodes, and the Pod's DNS. */
export const placementRules: readonly InstanceRule[] = [
  {
    id: 'TSC-01',
    *check({ spec: { topologySpreadConstraints = [] }, root }) {
      for (const [index, { maxSkew }] of topologySpreadConstraints.entries())
        if (maxSkew <= 0)
          yield invalid(`${root}.topologySpreadConstraints[${index}].maxSkew`, 'the skew is at least 1');
    },
  },
  {
    id: 'TSC-02',
    *check({ spec: { topologySpreadConstraints = [] }, root }) {
      for (const [index, { topologyKey }] of topologySpreadConstraints.entries())
        if (!isQualifiedName(topologyKey))
          yield invalid(
            `${root}.topologySpreadConstraints[${index}].topologyKey`,
            `"${topologyKey}" is not the key of a label`,
          );
    },
  },
  {
    id: 'TSC-03',
    *check({ spec: { topologySpreadConstraints = [] }, root }) {
      for (const [index, { whenUnsatisfiable }] of topologySpreadConstraints.entries())
        if (!['DoNotSchedule', 'ScheduleAnyway'].includes(whenUnsatisfiable))
          yield invalid(
            `${root}.topologySpreadConstraints[${index}].whenUnsatisfiable`,
            `"${whenUnsatisfiable}" is not one of DoNotSchedule, ScheduleAnyway`,
          );
    },
  },
  {
    id: 'DNS-1',
    *check({ spec: { dnsPolicy = '' }, root }) {
      if (!dnsPolicies.includes(dnsPolicy))
        yield notSupported(
          `${root}.dnsPolicy`,
          `"${dnsPolicy}" is not one of ${dnsPolicies.slice(1).join(', ')}`,
        );
    },
  },
  {
    id: 'DNS-2',
    *check({ spec: { dnsPolicy, dnsConfig }, root }) {
      if (dnsPolicy === 'None' && dnsConfig === undefined)
        yield required(`${root}.dnsConfig`, 'the DNS policy None needs a configuration');
    },
  },
  {
    id: 'DNS-3',
    *check({ spec: { dnsPolicy, dnsConfig }, root }) {
      if (dnsPolicy === 'None' && dnsConfig !== undefined && (dnsConfig.nameservers ?? []).length === 0)
        yield required(`${root}.dnsConfig.nameservers`, 'the DNS policy None needs a name server');
    },
  },
  {
    id: 'DNS-4',
    *check({ spec: { dnsConfig }, root }) {
      if ((dnsConfig?.nameservers ?? []).length > mostNameservers)
        yield invalid(`${root}.dnsConfig.nameservers`, `there are ${mostNameservers} name servers at most`);
    },
  },
  {
    id: 'DNS-5',
    *check({ spec: { dnsConfig }, root }) {
      for (const [index, server] of (dnsConfig?.nameservers ?? []).entries())
        if (isIP(server) === 0)
          yield invalid(`${root}.dnsConfig.nameservers[${index}]`, `"${server}" is not an IP address`);
    },
  },
  {
    id: 'DNS-6',
    *check({ spec: { dnsConfig }, root }) {
      if ((dnsConfig?.searches ?? []).length > mostSearches)
        yield invalid(`${root}.dnsConfig.searches`, `there are ${mostSearches} search domains at most`);
    },
  },
  {
    id: 'DNS-7',
    *check({ spec: { dnsConfig }, root }) {
      if ((dnsConfig?.searches ?? []).join(' ').length > longestSearches)
        yield invalid(`${root}.dnsConfig.searches`, `they have ${longestSearches} characters at most`);
    },
  },
  {
    id: 'DNS-8',
    *check({ spec: { dnsConfig }, root }) {
      for (const [index, search] of (dnsConfig?.searches ?? []).entries())
        if (!isDnsSubdomain(search.replace(/\.$/, '')))
          yield invalid(`${root}.dnsConfig.searches[${index}]`, `"${search}" is not a DNS subdomain`);
    },
  },
  {
    id: 'DNS-9',
    *check({ spec: { dnsConfig }, root }) {
      for (const [index, { name = '' }] of (dnsConfig?.options ?? []).entries())
        if (name === '') yield invalid(`${root}.dnsConfig.options[${index}].name`, 'an option has a name');
    },
  },
];
