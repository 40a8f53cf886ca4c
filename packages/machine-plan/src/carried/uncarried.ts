import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { carriedFields, missingFeatures, type CarriedField } from './table.ts';

/** A field that is set and not carried out. */
export interface UncarriedField {
  /** The field's path as admission reports it, for example `spec.domain.devices.tpm`. */
  path: string;
  /** What is missing, for people. */
  reason: string;
}

interface Position {
  /** With list indices, for the report. */
  path: string;
  /** As in the table: `[]` for each index. */
  pattern: string;
}

const table: ReadonlyMap<string, CarriedField> = new Map(carriedFields.map((field) => [field.path, field]));
/** Every path above a carried field: objects and lists that are walked into. */
const inner: ReadonlySet<string> = new Set(carriedFields.flatMap(({ path }) => pathsAbove(path)));
const features = Object.entries(missingFeatures).sort(([a], [b]) => b.length - a.length);

/**
 * Every set field of a VMI's spec that is not carried out, in document order. `null`, an empty list and absent are not set; an uncarried
 * object is reported once, not field by field.
 *
 * @param root path of the spec in the object that is judged: `spec`, or `spec.template.spec` for a VM.
 */
export function uncarried(spec: VirtualMachineInstanceSpec, root = 'spec'): UncarriedField[] {
  const found: UncarriedField[] = [];
  walk(spec, { path: root, pattern: '' }, found);
  return found;
}

function walk(value: unknown, at: Position, found: UncarriedField[]): void {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return;
  const verdict = judgePath(at.pattern);
  if (verdict.kind === 'carried') return judge(verdict.field, value, at, found);
  if (verdict.kind === 'refused') {
    found.push({ path: at.path, reason: verdict.reason });
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      walk(item, { path: `${at.path}[${index}]`, pattern: `${at.pattern}[]` }, found);
  } else if (typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      const pattern = at.pattern === '' ? key : `${at.pattern}.${key}`;
      walk(item, { path: `${at.path}.${key}`, pattern }, found);
    }
  }
}

/**
 * What is made of a field, whatever its value; `inner` is one whose members are judged each.
 * @param pattern Its path below `spec`, with `[]` for each index; empty for the spec itself.
 */
export function judgePath(
  pattern: string,
): { kind: 'carried'; field: CarriedField } | { kind: 'inner' } | { kind: 'refused'; reason: string } {
  const field = table.get(pattern);
  if (field !== undefined) return { kind: 'carried', field };
  if (pattern === '' || inner.has(pattern)) return { kind: 'inner' };
  return { kind: 'refused', reason: reasonFor(pattern) };
}

function judge(field: CarriedField, value: unknown, at: Position, found: UncarriedField[]): void {
  if (field.values === undefined) {
    if (field.whole === true || typeof value !== 'object') return;
    found.push({ path: at.path, reason: 'a single value is expected here' });
    return;
  }
  if (field.values.some((known) => known === value)) return;
  const known = field.values.filter((choice) => choice !== '').map((choice) => JSON.stringify(choice));
  const because = field.because === undefined ? '' : `: ${field.because}`;
  found.push({ path: at.path, reason: `only ${known.join(', ')} is carried out${because}` });
}

function reasonFor(pattern: string): string {
  const match = features.find(
    ([start]) => pattern === start || pattern.startsWith(`${start}.`) || pattern.startsWith(`${start}[`),
  );
  return match?.[1] ?? 'nothing carries this field out';
}

/** `a.b[].c` lies below `a`, `a.b` and `a.b[]`. */
function pathsAbove(path: string): string[] {
  const above: string[] = [];
  for (const match of path.matchAll(/\[\]|\./g)) {
    above.push(path.slice(0, match.index));
    if (match[0] === '[]') above.push(path.slice(0, match.index + 2));
  }
  return above;
}
