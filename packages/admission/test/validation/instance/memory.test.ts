import type { DomainResources, Memory } from '@virtkit/core-types';
import { cluster, inDomain, testInstanceSides } from '../../support/instance-sides.ts';

type Amount = string | number;

const request = 'S.domain.resources.requests.memory';
const stage = cluster({ vmRolloutStrategy: 'Stage' });
const asking = (amount: Amount, limit?: Amount): DomainResources => ({
  requests: { memory: amount },
  ...(limit === undefined ? {} : { limits: { memory: limit } }),
});
const paged = (pageSize: string, resources: DomainResources, memory: Memory = {}) =>
  inDomain({ memory: { ...memory, hugepages: { pageSize } }, resources });

testInstanceSides('memory', [
  {
    id: 'VMI-003',
    refuses: inDomain({ resources: asking('-1') }),
    accepts: inDomain({ resources: asking(0) }),
    reason: 'I',
    fields: [request],
  },
  {
    id: 'VMI-004',
    refuses: inDomain({ resources: asking('999999') }),
    accepts: inDomain({ resources: asking('1M') }),
    reason: 'I',
    fields: [request],
  },
  {
    id: 'VMI-004',
    refuses: inDomain({ resources: asking('1m') }),
    accepts: inDomain({ resources: asking(0) }),
    reason: 'I',
    fields: [request],
  },
  {
    id: 'VMI-005',
    refuses: inDomain({ resources: { limits: { memory: -1 } } }),
    accepts: inDomain({ resources: { limits: { memory: 0 } } }),
    reason: 'I',
    fields: ['S.domain.resources.limits.memory'],
  },
  {
    id: 'VMI-006',
    refuses: inDomain({ resources: asking('1Gi', '1023Mi') }),
    accepts: inDomain({ resources: asking('1Gi', '1024Mi') }),
    reason: 'I',
    fields: [request],
  },
  {
    // A limit of zero is none.
    id: 'VMI-006',
    refuses: inDomain({ resources: asking('1Gi', 1) }),
    accepts: inDomain({ resources: asking('1Gi', 0) }),
    reason: 'I',
    fields: [request],
  },
  {
    id: 'VMI-007',
    refuses: paged('2 Mi', asking('64Mi')),
    accepts: paged('2Mi', asking('64Mi')),
    reason: 'I',
    fields: ['S.domain.memory.hugepages.pageSize'],
  },
  {
    // Without a size there is nothing to parse.
    id: 'VMI-007',
    refuses: inDomain({ memory: { hugepages: {} } }),
    accepts: inDomain({ memory: {} }),
    reason: 'I',
    fields: ['S.domain.memory.hugepages.pageSize'],
  },
  {
    id: 'VMI-008',
    refuses: paged('1Gi', asking('512Mi')),
    accepts: paged('1Gi', asking('1Gi')),
    reason: 'I',
    fields: [request],
  },
  {
    // The request counts before the guest's memory, and that before the limit.
    id: 'VMI-008',
    refuses: paged('1Gi', { limits: { memory: '2Gi' } }, { guest: '512Mi' }),
    accepts: paged('1Gi', asking('1Gi'), { guest: '512Mi' }),
    reason: 'I',
    fields: [request],
  },
  {
    id: 'VMI-008',
    refuses: paged('1Gi', { limits: { memory: '512Mi' } }),
    accepts: paged('1Gi', {}),
    reason: 'I',
    fields: [request],
  },
  {
    // A size that cannot be parsed ends the checks of huge pages.
    id: 'VMI-008',
    refuses: paged('64Mi', asking('1Mi')),
    accepts: paged('64MB', asking('1Mi')),
    reason: 'I',
    fields: [request],
  },
  {
    id: 'VMI-009',
    refuses: paged('2Mi', asking('65Mi')),
    accepts: paged('2Mi', asking('64Mi')),
    reason: 'I',
    fields: [request],
  },
  {
    // What is less than a page is told once.
    id: 'VMI-009',
    refuses: paged('2Mi', asking('3Mi')),
    accepts: paged('2Mi', asking('1Mi')),
    reason: 'I',
    fields: [request],
  },
  {
    id: 'VMI-009',
    refuses: paged('0', asking('64Mi')),
    accepts: paged('0', asking(0)),
    reason: 'I',
    fields: [request],
  },
  {
    id: 'VMI-010',
    refuses: {
      parts: inDomain({ memory: { guest: '256Mi' }, resources: { limits: { memory: '255Mi' } } }),
      configuration: stage,
    },
    accepts: {
      parts: inDomain({ memory: { guest: '256Mi' }, resources: { limits: { memory: '256Mi' } } }),
      configuration: stage,
    },
    reason: 'I',
    fields: ['S.domain.memory.guest'],
  },
  {
    // Where machines are updated live, the guest may grow beyond its limit.
    id: 'VMI-010',
    refuses: {
      parts: inDomain({ memory: { guest: 2 }, resources: { limits: { memory: 1 } } }),
      configuration: stage,
    },
    accepts: inDomain({ memory: { guest: 2 }, resources: { limits: { memory: 1 } } }),
    reason: 'I',
    fields: ['S.domain.memory.guest'],
  },
  {
    // A limit of zero is none; one below zero is one.
    id: 'VMI-010',
    refuses: {
      parts: inDomain({ memory: { guest: 1 }, resources: { limits: { memory: '-1' } } }),
      configuration: stage,
    },
    accepts: {
      parts: inDomain({ memory: { guest: 1 }, resources: { limits: { memory: 0 } } }),
      configuration: stage,
    },
    reason: 'I',
    fields: ['S.domain.memory.guest'],
  },
]);
