import type { StatusCause } from '../errors.ts';
import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import { billionths } from '../object/quantity.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { list, map, obj, quantity, str } from '../schema/dsl.ts';
import { builtin, objectSchema } from './builtin.ts';

/** What a LimitRange can limit, and which members an item of that type may have. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Container: ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'],
  Pod: ['min', 'max', 'maxLimitRequestRatio'],
  PersistentVolumeClaim: ['min', 'max'],
};

/** LimitRange: what each Pod, container and claim of a namespace may ask for, and asks for when it says nothing. */
export function limitRangeKind(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'LimitRange',
    resource: 'limitranges',
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
  return elementsOf(membersOf(range.spec).limits).flatMap((item, index) =>
    problems(membersOf(item), `spec.limits[${index}]`),
  );
}

function problems(item: Record<string, unknown>, field: string): StatusCause[] {
  const type = stringOf(item.type);
  const allowed = MEMBERS[type];
  // A limit that nothing would enforce would look like one that holds.
  if (allowed === undefined)
    return [
      {
        reason: 'FieldValueNotSupported',
        field: `${field}.type`,
        message: `Unsupported value: "${type}": supported values: ${Object.keys(MEMBERS).join(', ')}`,
      },
    ];
  const forbidden = Object.keys(item)
    .filter((member) => member !== 'type' && !allowed.includes(member))
    .map((member): StatusCause => ({
      reason: 'FieldValueForbidden',
      field: `${field}.${member}`,
      message: `Forbidden: may not be specified when \`type\` is '${type}'`,
    }));
  const order = ['min', 'defaultRequest', 'default', 'max'].filter((member) => item[member] !== undefined);
  const contradictions = order.flatMap((lower, position) =>
    order.slice(position + 1).flatMap((upper) =>
      Object.entries(membersOf(item[lower])).flatMap(([resource, amount]): StatusCause[] => {
        const most = billionths(membersOf(item[upper])[resource]);
        if (most === undefined || (billionths(amount) ?? 0n) <= most) return [];
        const message = `Invalid value: ${JSON.stringify(amount)}: ${lower} value ${String(amount)} is greater than ${upper} value`;
        return [{ reason: 'FieldValueInvalid', field: `${field}.${lower}[${resource}]`, message }];
      }),
    ),
  );
  return [...forbidden, ...contradictions];
}
