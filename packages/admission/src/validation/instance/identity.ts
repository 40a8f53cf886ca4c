import { startStrategies } from '@virtkit/core-types';
import { invalid } from '../finding.ts';
import { isDnsLabel, isDnsSubdomain } from '../formats.ts';
import type { InstanceRule } from './subject.ts';

const evictionStrategies = ['None', 'LiveMigrate', 'LiveMigrateIfPossible', 'External'];

/** Names, and strategies of the instance as a whole. */
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
  {
    id: 'VMI-033',
    *check({ spec: { startStrategy }, root }) {
      if (startStrategy !== undefined && !(startStrategies as readonly string[]).includes(startStrategy))
        yield invalid(
          `${root}.startStrategy`,
          `"${startStrategy}" is not a start strategy; there is ${startStrategies.join(', ')}`,
        );
    },
  },
  {
    id: 'VMI-034',
    *check({ spec: { startStrategy, livenessProbe }, root }) {
      if (startStrategy === 'Paused' && livenessProbe !== undefined)
        yield invalid(`${root}.startStrategy`, 'a guest that starts paused cannot have a liveness probe');
    },
  },
  {
    id: 'VMI-045',
    *check({ spec: { evictionStrategy }, root }) {
      if (evictionStrategy !== undefined && !evictionStrategies.includes(evictionStrategy))
        yield invalid(
          `${root}.evictionStrategy`,
          `"${evictionStrategy}" is not one of ${evictionStrategies.join(', ')}`,
        );
    },
  },
  {
    id: 'VMI-059',
    *check({ spec: { serviceAccountName = '' }, root }) {
      if (serviceAccountName !== '' && !isDnsSubdomain(serviceAccountName))
        yield invalid(`${root}.serviceAccountName`, `"${serviceAccountName}" is not the name of an account`);
    },
  },
  {
    id: 'VK-GRACE',
    *check({ spec: { terminationGracePeriodSeconds }, root }) {
      if (terminationGracePeriodSeconds !== undefined && terminationGracePeriodSeconds < 0)
        yield invalid(`${root}.terminationGracePeriodSeconds`, 'a time cannot be negative');
    },
  },
];
