import { invalid } from '../finding.ts';
import { isDnsSubdomain } from '../formats.ts';
import type { InstanceRule } from './subject.ts';

/** The account of the Pod. */
export const serviceAccountRules: readonly InstanceRule[] = [
  {
    id: 'VMI-059',
    *check({ spec: { serviceAccountName = '' }, root }) {
      if (serviceAccountName !== '' && !isDnsSubdomain(serviceAccountName))
        yield invalid(`${root}.serviceAccountName`, `"${serviceAccountName}" is not the name of an account`);
    },
  },
  {
    id: 'VMI-060',
    *check({ spec: { serviceAccountName = '', volumes = [] }, root }) {
      if (serviceAccountName === '') return;
      const others = volumes.map(({ serviceAccount }) => serviceAccount?.serviceAccountName ?? '');
      const [other] = others.filter((name) => name !== '' && name !== serviceAccountName);
      if (other !== undefined)
        yield invalid(
          `${root}.serviceAccountName`,
          `a volume has the token of the account "${other}", and a Pod has one account`,
        );
    },
  },
];
