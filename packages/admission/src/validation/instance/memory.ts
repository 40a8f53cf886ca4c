import { Quantity } from '@virtkit/core-types';
import { invalid } from '../finding.ts';
import { askedOf, isPositive, quantityOf, tryQuantity } from './resource-quantities.ts';
import type { InstanceRule, InstanceSubject } from './subject.ts';

const leastRequest = Quantity.parse('1M');
const requestField = (root: string) => `${root}.domain.resources.requests.memory`;

/** Memory that the guest gets, and that its Pod asks for. */
export const memoryRules: readonly InstanceRule[] = [
  {
    id: 'VMI-003',
    *check({ spec, root }) {
      if (askedOf(spec, 'memory').request.isNegative())
        yield invalid(requestField(root), 'memory cannot be negative');
    },
  },
  {
    id: 'VMI-004',
    *check({ spec, root }) {
      const { request } = askedOf(spec, 'memory');
      if (isPositive(request) && request.compare(leastRequest) < 0)
        yield invalid(requestField(root), `at least ${leastRequest.toString()} must be asked for`);
    },
  },
  {
    id: 'VMI-005',
    *check({ spec, root }) {
      if (askedOf(spec, 'memory').limit.isNegative())
        yield invalid(`${root}.domain.resources.limits.memory`, 'memory cannot be negative');
    },
  },
  {
    id: 'VMI-006',
    *check({ spec, root }) {
      const { request, limit } = askedOf(spec, 'memory');
      if (isPositive(limit) && request.compare(limit) > 0)
        yield invalid(requestField(root), 'the request is above the limit');
    },
  },
  {
    id: 'VMI-007',
    *check({ spec, root }) {
      const { hugepages } = spec.domain.memory ?? {};
      const { pageSize = '' } = hugepages ?? {};
      if (hugepages !== undefined && tryQuantity(pageSize) === undefined)
        yield invalid(`${root}.domain.memory.hugepages.pageSize`, `"${pageSize}" is not a quantity`);
    },
  },
  {
    id: 'VMI-008',
    *check(subject) {
      const paged = pagedMemory(subject);
      if (paged !== undefined && isLessThanPage(paged))
        yield invalid(requestField(subject.root), 'there is less memory than one huge page has');
    },
  },
  {
    id: 'VMI-009',
    *check(subject) {
      const paged = pagedMemory(subject);
      if (paged === undefined || isLessThanPage(paged)) return;
      const page = paged.pageSize.toBytes();
      // No amount of memory is made of pages without bytes.
      if (page === 0n || paged.amount.toBytes() % page !== 0n)
        yield invalid(requestField(subject.root), 'the memory is not a whole number of huge pages');
    },
  },
  {
    id: 'VMI-010',
    *check({ spec, root, configuration: { values } }) {
      const guest = spec.domain.memory?.guest;
      const { limit } = askedOf(spec, 'memory');
      if (values.vmRolloutStrategy === 'LiveUpdate' || guest === undefined || limit.isZero()) return;
      if (limit.compare(quantityOf(guest)) < 0)
        yield invalid(`${root}.domain.memory.guest`, 'the guest is given more than the limit');
    },
  },
];

interface PagedMemory {
  readonly amount: Quantity;
  readonly pageSize: Quantity;
}

function isLessThanPage({ amount, pageSize }: PagedMemory): boolean {
  return amount.compare(pageSize) < 0;
}

/** The memory that is to be made of huge pages, and their size; undefined where there are none, or nothing says how much. */
function pagedMemory({ spec }: InstanceSubject): PagedMemory | undefined {
  const { hugepages, guest } = spec.domain.memory ?? {};
  const pageSize = hugepages === undefined ? undefined : tryQuantity(hugepages.pageSize ?? '');
  const { request, limit } = askedOf(spec, 'memory');
  const amount = [request, quantityOf(guest), limit].find((quantity) => !quantity.isZero());
  return amount === undefined || pageSize === undefined ? undefined : { amount, pageSize };
}
