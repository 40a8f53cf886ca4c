import type { Input } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { itemsOf, type Located } from '../../located.ts';
import { applyToEach, type Rule } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';

const buses = ['', 'virtio', 'usb'];

/** Pointing devices. */
export function inputFindings({ spec, root }: InstanceSubject): readonly Finding[] {
  return applyToEach(rules, itemsOf(spec.domain.devices.inputs, `${root}.domain.devices.inputs`));
}

const rules: readonly Rule<Located<Input>>[] = [
  {
    id: 'VMI-037',
    *check({ value: { bus = '' }, path }) {
      if (!buses.includes(bus))
        yield invalid(`${path}.bus`, `"${bus}" is not one of ${buses.slice(1).join(', ')}`);
    },
  },
  {
    id: 'VMI-038',
    *check({ value: { type }, path }) {
      if (type !== 'tablet')
        yield invalid(`${path}.type`, `"${type}" is not an input device; there is the tablet`);
    },
  },
];
