import {
  withGates,
  withoutGates,
  inDomain,
  cluster,
  testInstanceSides,
} from '../../support/instance-sides.ts';

const longLabel = 'a'.repeat(63);
const token = (serviceAccountName: string) => ({ name: 'token', serviceAccount: { serviceAccountName } });

testInstanceSides('names', [
  {
    id: 'VMI-001',
    refuses: { hostname: `${longLabel}a` },
    accepts: { hostname: longLabel },
    reason: 'I',
    fields: ['S.hostname'],
  },
  {
    id: 'VMI-001',
    refuses: { hostname: 'web.example' },
    accepts: { hostname: '' },
    reason: 'I',
    fields: ['S.hostname'],
  },
  {
    id: 'VMI-002',
    refuses: { subdomain: 'web..example' },
    accepts: { subdomain: 'web.example' },
    reason: 'I',
    fields: ['S.subdomain'],
  },
  {
    id: 'VMI-059',
    refuses: { serviceAccountName: 'Builder' },
    accepts: { serviceAccountName: 'builder.ci' },
    reason: 'I',
    fields: ['S.serviceAccountName'],
  },
  {
    id: 'VMI-060',
    refuses: { serviceAccountName: 'builder', volumes: [token('tester'), token('other')] },
    accepts: { serviceAccountName: 'builder', volumes: [token('builder')] },
    reason: 'I',
    fields: ['S.serviceAccountName'],
  },
]);

testInstanceSides('start and end', [
  {
    id: 'VMI-033',
    refuses: { startStrategy: 'Sleeping' },
    accepts: { startStrategy: 'Paused' },
    reason: 'I',
    fields: ['S.startStrategy'],
  },
  {
    id: 'VMI-034',
    refuses: { startStrategy: 'Paused', livenessProbe: { guestAgentPing: {} } },
    accepts: { startStrategy: 'Paused', readinessProbe: { guestAgentPing: {} } },
    reason: 'I',
    fields: ['S.startStrategy'],
  },
  {
    id: 'VMI-045',
    refuses: { evictionStrategy: 'Explode' },
    accepts: { evictionStrategy: 'External' },
    reason: 'I',
    fields: ['S.evictionStrategy'],
  },
  {
    // The cluster's strategy counts where the instance names none.
    id: 'VMI-045',
    refuses: { parts: {}, configuration: cluster({ evictionStrategy: 'Explode' }) },
    accepts: { parts: { evictionStrategy: 'None' }, configuration: cluster({ evictionStrategy: 'Explode' }) },
    reason: 'I',
    fields: ['S.evictionStrategy'],
  },
  {
    id: 'VMI-057',
    refuses: { parts: inDomain({ rebootPolicy: 'Terminate' }), configuration: withoutGates('RebootPolicy') },
    accepts: inDomain({ rebootPolicy: 'Terminate' }),
    reason: 'I',
    fields: ['S.domain.rebootPolicy'],
  },
  {
    id: 'VMI-058',
    refuses: inDomain({ memory: { reservedOverhead: { memLock: 'Required' } } }),
    accepts: {
      parts: inDomain({ memory: { reservedOverhead: { memLock: 'Required' } } }),
      configuration: withGates('ReservedOverheadMemlock'),
    },
    reason: 'I',
    fields: ['S.domain.memory.reservedOverhead'],
  },
]);
