import type { StatusCause } from '../errors.ts';
import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import { qualifiedNameProblem } from '../object/names.ts';
import { billionths } from '../object/quantity.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { list, map, obj, quantity, str } from '../schema/dsl.ts';
import { createdColumn, nameColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';
import {
  duplicateCause,
  forbiddenCause,
  invalidCause,
  requiredCause,
  unsupportedCause,
} from './field-causes.ts';

/** What a LimitRange can limit, and which members an item of that type may have. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Container: ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'],
  Pod: ['min', 'max', 'maxLimitRequestRatio'],
  PersistentVolumeClaim: ['min', 'max'],
};

const OF_NODES = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

type Limits = Record<string, unknown>;

/** LimitRange: what each Pod, container and claim of a namespace may ask for, and asks for when it says nothing. */
export function limitRangeKind(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'LimitRange',
    resource: 'limitranges',
    createsOnUpdate: true,
    shortNames: ['limits'],
    namespaced: true,
    schema: objectSchema('Limits what each object of a namespace asks for.', {
      spec: obj('Limits in force.', {
        limits: list(
          obj('Limits of one type of object.', {
            type: str('Container, Pod or PersistentVolumeClaim.'),
            min: map(quantity(), 'The least that may be asked for.'),
            max: map(quantity(), 'The most that may be asked for.'),
            default: map(quantity(), 'Limits of containers that have none.'),
            defaultRequest: map(quantity(), 'Requests of containers that have none.'),
            maxLimitRequestRatio: map(quantity(), 'How many times its request a limit may be.'),
          }),
        ),
      }),
    }),
    columns: [nameColumn(), createdColumn()],
    strategy: { applyDefaults, validate },
  });
}

/** What is not said follows from what is: limits from the most, requests from the limits or else from the least. */
function applyDefaults(range: KubeObject): void {
  for (const item of elementsOf(membersOf(range.spec).limits)) {
    const limits = membersOf(item);
    if (limits.type !== 'Container') continue;
    const defaults = { ...membersOf(limits.max), ...membersOf(limits.default) };
    const requests = { ...membersOf(limits.min), ...defaults, ...membersOf(limits.defaultRequest) };
    if (Object.keys(defaults).length > 0) limits.default = defaults;
    if (Object.keys(requests).length > 0) limits.defaultRequest = requests;
  }
}

function validate(range: KubeObject): StatusCause[] {
  const items = elementsOf(membersOf(range.spec).limits).map(membersOf);
  return items.flatMap((item, index) => {
    const field = `spec.limits[${index}]`;
    const isSecond = items.findIndex(({ type }) => type === item.type) < index;
    return [
      ...typeCauses(stringOf(item.type), `${field}.type`),
      ...(isSecond ? [duplicateCause(`${field}.type`, item.type)] : []),
      ...resourceNames(item, field),
      ...forbiddenMembers(item, field),
      ...resourcesOf(item).flatMap((resource) => contradictions(item, resource, field)),
    ];
  });
}

function typeCauses(type: string, field: string): StatusCause[] {
  if (MEMBERS[type] !== undefined) return [];
  const problem =
    qualifiedNameProblem(type) ??
    (type.includes('/') ? undefined : 'must be a standard limit type or fully qualified');
  if (problem !== undefined) return [invalidCause(field, type, problem)];
  // A limit that nothing would enforce would look like one that holds.
  return [unsupportedCause(field, type, Object.keys(MEMBERS))];
}

/** Pods and containers only ask for what nodes have. */
function resourceNames(item: Limits, field: string): StatusCause[] {
  if (item.type !== 'Container' && item.type !== 'Pod') return [];
  return ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].flatMap((member) =>
    Object.keys(membersOf(item[member]))
      .filter((name) => !name.includes('/') && !OF_NODES.test(name))
      .map((name) =>
        invalidCause(`${field}.${member}[${name}]`, name, 'must be a standard resource for containers'),
      ),
  );
}

function forbiddenMembers(item: Limits, field: string): StatusCause[] {
  const type = stringOf(item.type);
  const allowed = MEMBERS[type] ?? Object.keys(item);
  const forbidden = Object.keys(item)
    .filter((member) => member !== 'type' && !allowed.includes(member))
    .map((member) => forbiddenCause(`${field}.${member}`, `may not be specified when \`type\` is '${type}'`));
  const { min, max } = item;
  const sized = [min, max].some((amounts) => membersOf(amounts).storage !== undefined);
  return type !== 'PersistentVolumeClaim' || sized
    ? forbidden
    : [
        ...forbidden,
        requiredCause(
          `${field}.limits`,
          'either minimum or maximum storage value is required, but neither was provided',
        ),
      ];
}

/** What must not be greater than what, how messages call both, and which of them the message is about. */
const ORDER = [
  ['min', 'max', 'min', 'max', 'min', 'min'],
  ['min', 'defaultRequest', 'min', 'default request', 'defaultRequest', 'defaultRequest'],
  ['defaultRequest', 'max', 'default request', 'max', 'defaultRequest', 'defaultRequest'],
  ['defaultRequest', 'default', 'default request', 'default limit', 'defaultRequest', 'defaultRequest'],
  ['min', 'default', 'min', 'default', 'default', 'min'],
  ['default', 'max', 'default', 'max', 'default', 'max'],
] as const;

function contradictions(item: Limits, resource: string, field: string): StatusCause[] {
  const amountOf = (member: string) => membersOf(item[member])[resource] as string | undefined;
  const causes = ORDER.flatMap(([lower, upper, lowerName, upperName, member, shown]) => {
    const [least, most] = [amountOf(lower), amountOf(upper)];
    const [from, to] = [billionths(least), billionths(most)];
    if (from === undefined || to === undefined || from <= to) return [];
    return [
      invalidCause(
        `${field}.${member}[${resource}]`,
        amountOf(shown),
        `${lowerName} value ${least} is greater than ${upperName} value ${most}`,
      ),
    ];
  });
  const ratio = amountOf('maxLimitRequestRatio');
  if (ratio === undefined) return causes;
  const at = `${field}.maxLimitRequestRatio[${resource}]`;
  const most = Number(billionths(amountOf('max'))) / Number(billionths(amountOf('min')));
  const given = Number(billionths(ratio)) / 1e9;
  if (given < 1) causes.push(invalidCause(at, ratio, `ratio ${ratio} is less than 1`));
  if (given > most)
    causes.push(invalidCause(at, ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`));
  return causes;
}

function resourcesOf(item: Limits): string[] {
  return [...new Set(Object.values(item).flatMap((amounts) => Object.keys(membersOf(amounts))))];
}
