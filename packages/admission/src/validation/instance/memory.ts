import { Quantity } from '@virtkit/core-types';
import { invalid, required } from '../finding.ts';
import type { InstanceRule, InstanceSubject } from './subject.ts';

const leastRequest = Quantity.parse('1M');

interface Memory {
  guest: Quantity | undefined;
  request: Quantity | undefined;
  limit: Quantity | undefined;
  requestField: string;
  limitField: string;
  guestField: string;
}

function memoryOf({ spec: { domain }, root }: InstanceSubject): Memory {
  const parse = (value: string | number | undefined): Quantity | undefined =>
    value === undefined ? undefined : Quantity.parse(value);
  return {
    guest: parse(domain.memory?.guest),
    request: parse(domain.resources?.requests?.['memory']),
    limit: parse(domain.resources?.limits?.['memory']),
    requestField: `${root}.domain.resources.requests.memory`,
    limitField: `${root}.domain.resources.limits.memory`,
    guestField: `${root}.domain.memory.guest`,
  };
}

const isPositive = (quantity: Quantity | undefined): quantity is Quantity =>
  quantity !== undefined && !quantity.isNegative() && !quantity.isZero();

/** Memory that the guest gets and that its Pod asks for. */
export const memoryRules: readonly InstanceRule[] = [
  {
    id: 'VMI-003',
    *check(subject) {
      const { request, requestField } = memoryOf(subject);
      if (request?.isNegative() === true) yield invalid(requestField, 'memory cannot be negative');
    },
  },
  {
    id: 'VMI-004',
    *check(subject) {
      const { request, requestField } = memoryOf(subject);
      if (isPositive(request) && request.compare(leastRequest) < 0)
        yield invalid(requestField, `at least ${leastRequest.toString()} must be asked for`);
    },
  },
  {
    id: 'VMI-005',
    *check(subject) {
      const { limit, limitField } = memoryOf(subject);
      if (limit?.isNegative() === true) yield invalid(limitField, 'memory cannot be negative');
    },
  },
  {
    id: 'VMI-006',
    *check(subject) {
      const { request, limit, requestField } = memoryOf(subject);
      if (isPositive(limit) && request !== undefined && request.compare(limit) > 0)
        yield invalid(requestField, 'the request is above the limit');
    },
  },
  {
    id: 'VMI-010',
    *check(subject) {
      const { guest, limit, guestField } = memoryOf(subject);
      if (
        subject.configuration.values.vmRolloutStrategy === 'LiveUpdate' ||
        guest === undefined ||
        !isPositive(limit)
      )
        return;
      if (limit.compare(guest) < 0) yield invalid(guestField, 'the guest is given more than the limit');
    },
  },
  {
    id: 'VMIC-5',
    *check(subject) {
      const { guest, guestField } = memoryOf(subject);
      if (guest === undefined)
        yield required(guestField, 'memory must be given here, or as request or limit of resources');
    },
  },
  {
    id: 'VK-MEM',
    *check(subject) {
      const { guest, guestField } = memoryOf(subject);
      if (guest !== undefined && !isPositive(guest)) yield invalid(guestField, 'a guest needs memory');
    },
  },
];
