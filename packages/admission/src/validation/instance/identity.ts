import { invalid } from '../finding.ts';
import { isDnsLabel, isDnsSubdomain } from '../formats.ts';
import type { InstanceRule } from './subject.ts';

/** Names by which the guest is known on the network. */
export const identityRules: readonly InstanceRule[] = [
  {
    id: 'VMI-001',
    *check({ spec: { hostname = '' }, root }) {
      if (hostname !== '' && !isDnsLabel(hostname))
        yield invalid(`${root}.hostname`, `"${hostname}" is not a DNS label`);
    },
  },
  {
    id: 'VMI-002',
    *check({ spec: { subdomain = '' }, root }) {
      if (subdomain !== '' && !isDnsSubdomain(subdomain))
        yield invalid(`${root}.subdomain`, `"${subdomain}" is not a DNS subdomain`);
    },
  },
];
