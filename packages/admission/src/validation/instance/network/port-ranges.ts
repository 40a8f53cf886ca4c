import type { PortRange } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { applyRules, firstRuleFindings, type Rule } from '../../rule.ts';
import type { InterfacePlace, InterfaceRule } from './place.ts';

const protocols = ['TCP', 'UDP'];
const mostRanges = 10;

const isPort = (port: number): boolean => port > 0 && port < 65_536;

const gateRule: InterfaceRule = {
  id: 'NET-35',
  *check({ field, configuration }) {
    if (!configuration.gates.has('PortRangesSpec'))
      yield invalid(`${field}.name`, 'feature gate PortRangesSpec is off');
  },
};

/** Where ranges may be given. */
const useRules: readonly InterfaceRule[] = [
  {
    id: 'NET-36',
    *check({ nic: { ports = [] }, field }) {
      if (ports.length > 0) yield invalid(`${field}.name`, 'ports and port ranges exclude each other');
    },
  },
  {
    id: 'NET-37',
    *check({ nic: { masquerade }, field }) {
      if (masquerade === undefined)
        yield invalid(`${field}.name`, 'only masqueraded interfaces forward ranges of ports');
    },
  },
];

const countRule: InterfaceRule = {
  id: 'NET-38',
  *check({ nic: { portRanges = [] }, field }) {
    if (portRanges.length > mostRanges)
      yield invalid(
        `${field}.portRanges`,
        `there are ${mostRanges} ranges at most, not ${portRanges.length}`,
      );
  },
};

interface RangePlace {
  readonly range: PortRange;
  readonly field: string;
}

/** One range; only the first of these rules answers. */
const rangeRules: readonly Rule<RangePlace>[] = [
  {
    id: 'NET-39',
    *check({ range: { protocol }, field }) {
      if (!protocols.includes(protocol))
        yield invalid(`${field}.protocol`, `protocol "${protocol}" is not one of ${protocols.join(', ')}`);
    },
  },
  {
    id: 'NET-40',
    *check({ range: { start }, field }) {
      if (!isPort(start)) yield invalid(`${field}.start`, `${start} is not between 1 and 65535`);
    },
  },
  {
    id: 'NET-41',
    *check({ range: { end }, field }) {
      if (!isPort(end)) yield invalid(`${field}.end`, `${end} is not between 1 and 65535`);
    },
  },
  {
    id: 'NET-42',
    *check({ range: { start, end }, field }) {
      if (start > end) yield invalid(`${field}.start`, `${start} lies behind the end of the range, ${end}`);
    },
  },
];

const overlapRule: InterfaceRule = {
  id: 'NET-43',
  *check({ nic: { portRanges = [] }, field }) {
    for (const protocol of protocols) {
      const sorted = portRanges
        .filter((range) => range.protocol === protocol)
        .sort((a, b) => a.start - b.start);
      for (const [index, { start }] of sorted.entries()) {
        const before = sorted[index - 1];
        if (before !== undefined && start <= before.end)
          yield invalid(`${field}.portRanges`, `two ranges of ${protocol} ports overlap at ${start}`);
      }
    }
  },
};

/** The ranges of ports that an interface forwards. */
export function portRangeFindings(place: InterfacePlace): Finding[] {
  const { nic, network, field } = place;
  const { portRanges = [] } = nic;
  if (portRanges.length === 0) return [];
  const shut = applyRules([gateRule], place);
  if (shut.length > 0 || network?.pod === undefined) return shut;
  const use = applyRules(useRules, place);
  const tooMany = applyRules([countRule], place);
  if (tooMany.length > 0) return [...use, ...tooMany];
  const each = portRanges.flatMap((range, index) =>
    firstRuleFindings(rangeRules, { range, field: `${field}.portRanges[${index}]` }),
  );
  return [...use, ...each, ...applyRules([overlapRule], place)];
}
