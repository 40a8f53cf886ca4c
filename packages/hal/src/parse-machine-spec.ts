import { HalError } from './errors.ts';
import { MachineSpecSchema, type MachineSpec } from './machine-spec.ts';

/**
 * Checks what a caller hands to `define`, the same way for every backend: the version, the shape, names that must be
 * unique inside one machine, and options that were meant for another backend.
 *
 * @param input A MachineSpec, with or without its defaults; any JSON value is accepted and judged.
 * @param backend Name of the backend that will carry the machine out; `spec.backend` may hold options for it alone.
 * @returns The spec with every default filled in, a fresh copy without `undefined` members.
 * @throws HalError `unsupported` (another version, or options of another backend) or `invalid-spec`, with `field` as
 *   a JSON pointer.
 */
export function parseMachineSpec(input: unknown, backend: string): MachineSpec {
  refuseOtherVersions(input);
  const result = MachineSpecSchema.safeParse(input);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw new HalError('invalid-spec', `machine spec: ${issue.message}`, {
      field: pointer(issue.path),
      cause: result.error,
    });
  }
  const spec = withoutUndefined(result.data);
  refuseDuplicates(spec);
  refuseAbsentThreads(spec);
  refuseOtherBackends(spec, backend);
  return spec;
}

/** Whether two parsed specs ask for the same machine: equal as JSON, whatever the order of their members. */
export function sameMachineSpec(a: MachineSpec, b: MachineSpec): boolean {
  return sameJson(a, b);
}

/** Whether two values are equal as JSON, whatever the order of their members. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function refuseOtherVersions(input: unknown): void {
  if (typeof input !== 'object' || input === null || !('version' in input)) return;
  if (typeof input.version === 'number' && input.version !== 1) {
    throw new HalError('unsupported', `machine spec version ${input.version} is not known here (known: 1)`, {
      field: '/version',
    });
  }
}

function refuseDuplicates(spec: MachineSpec): void {
  for (const list of ['disks', 'interfaces', 'hostDevices'] as const) {
    const seen = new Set<string>();
    for (const [index, { id }] of (spec[list] ?? []).entries()) {
      if (seen.has(id)) {
        throw new HalError('invalid-spec', `machine spec: two ${list} have the id ${id}`, {
          field: `/${list}/${index}/id`,
        });
      }
      seen.add(id);
    }
  }
}

/** Disks name I/O threads by number; the machine has to have them. */
function refuseAbsentThreads({ disks, ioThreads }: MachineSpec): void {
  const count = ioThreads?.count ?? 0;
  for (const [index, disk] of disks.entries())
    if (disk.ioThreads?.some((thread) => thread > count) === true)
      throw new HalError(
        'invalid-spec',
        `machine spec: disk ${disk.id} names an I/O thread beyond ${count}`,
        {
          field: `/disks/${index}/ioThreads`,
        },
      );
}

function refuseOtherBackends(spec: MachineSpec, backend: string): void {
  for (const [name, value] of Object.entries(spec.backend)) {
    if (name === backend || isEmpty(value)) continue;
    throw new HalError(
      'unsupported',
      `machine spec: options for ${name} cannot be carried out by ${backend}`,
      {
        field: pointer(['backend', name]),
      },
    );
  }
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** RFC 6901: `~` and `/` inside a member name are escaped. */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function withoutUndefined(spec: MachineSpec): MachineSpec {
  return JSON.parse(JSON.stringify(spec)) as MachineSpec;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : member,
  );
}
