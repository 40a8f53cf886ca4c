import type { PodDNSConfig } from '@virtkit/core-types';
import { invalid, notSupported, required, type Finding } from '../finding.ts';
import { isDnsSubdomain } from '../formats.ts';
import { isIpAddress } from '../ip-address.ts';
import { applyRules, firstRuleFindings, type Rule } from '../rule.ts';
import type { InstanceRule, InstanceSubject } from './subject.ts';

const policies = ['', 'ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const mostNameservers = 3;
const mostSearches = 6;
const longestSearches = 256;

/** Name resolution in the guest. Lists are reported without their path, and under names of their own. */
export function dnsFindings(subject: InstanceSubject): readonly Finding[] {
  const missing = firstRuleFindings(presenceRules, subject);
  return [
    ...applyRules(policyRules, subject),
    ...missing,
    ...(missing.length > 0 ? [] : applyRules(contentRules, subject.spec.dnsConfig ?? {})),
  ];
}

const policyRules: readonly InstanceRule[] = [
  {
    id: 'DNS-1',
    *check({ spec: { dnsPolicy = '' }, root }) {
      if (!policies.includes(dnsPolicy))
        yield notSupported(
          `${root}.dnsPolicy`,
          `"${dnsPolicy}" is not one of ${policies.slice(1).join(', ')}`,
        );
    },
  },
];

const presenceRules: readonly InstanceRule[] = [
  {
    id: 'DNS-2',
    *check({ spec: { dnsPolicy, dnsConfig }, root }) {
      if (dnsPolicy === 'None' && dnsConfig === undefined)
        yield required(`${root}.dnsConfig`, 'the DNS policy None needs a configuration');
    },
  },
  {
    id: 'DNS-3',
    *check({ spec: { dnsPolicy, dnsConfig } }) {
      if (dnsPolicy === 'None' && (dnsConfig?.nameservers ?? []).length === 0)
        yield required('nameservers', 'the DNS policy None needs a name server');
    },
  },
];

const contentRules: readonly Rule<PodDNSConfig>[] = [
  {
    id: 'DNS-4',
    *check({ nameservers = [] }) {
      if (nameservers.length > mostNameservers)
        yield invalid('nameservers', `there are ${mostNameservers} name servers at most`);
    },
  },
  {
    id: 'DNS-5',
    *check({ nameservers = [] }) {
      for (const server of nameservers)
        if (!isIpAddress(server)) yield invalid('nameservers', `"${server}" is not an IP address`);
    },
  },
  {
    id: 'DNS-6',
    *check({ searches = [] }) {
      if (searches.length > mostSearches)
        yield invalid('searchDomains', `there are ${mostSearches} search domains at most`);
    },
  },
  {
    id: 'DNS-7',
    *check({ searches = [] }) {
      if (searches.join(' ').length > longestSearches)
        yield invalid('searchDomains', `they have ${longestSearches} characters at most`);
    },
  },
  {
    id: 'DNS-8',
    *check({ searches = [] }) {
      for (const search of searches)
        if (!isDnsSubdomain(search)) yield invalid('searchDomains', `"${search}" is not a DNS subdomain`);
    },
  },
  {
    id: 'DNS-9',
    *check({ options = [] }) {
      for (const { name = '', value = '' } of options)
        if (name === '') yield invalid('options', `an option has a name, and not only the value "${value}"`);
    },
  },
];
