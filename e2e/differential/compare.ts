import type { Sequence, Step, Transcript } from './sequence.ts';

/** One point in which two answers differ. */
export interface Difference {
  readonly sequence: string;
  /** The step, as text: `3: PUT /api/v1/...`. */
  readonly step: string;
  /** Where in the answer: `status`, `headers.warning`, `body.metadata.labels`, `events[2].type`. */
  readonly path: string;
  /** Absent if only ours has it. */
  readonly kubernetes?: unknown;
  /** Absent if only Kubernetes has it. */
  readonly ours?: unknown;
}

/** All points in which two normalised transcripts differ. */
export function compare(sequence: Sequence, kubernetes: Transcript, ours: Transcript): Difference[] {
  return sequence.steps.flatMap((step, index) => {
    const text = `${index + 1}: ${describe(step)}`;
    return differ('', kubernetes[index], ours[index]).map((point) => ({
      sequence: sequence.name,
      step: text,
      ...point,
    }));
  });
}

/** A step as one line of a report. */
function describe(step: Step): string {
  if ('watch' in step) return `WATCH ${step.path}`;
  if ('collect' in step) return `events of ${step.collect}`;
  if ('received' in step) return `received by ${step.received}`;
  return `${step.method} ${step.path}`;
}

type Point = Pick<Difference, 'path' | 'kubernetes' | 'ours'>;

function differ(path: string, kubernetes: unknown, ours: unknown): Point[] {
  if (Array.isArray(kubernetes) && Array.isArray(ours))
    return Array.from({ length: Math.max(kubernetes.length, ours.length) }, (_, index) =>
      differ(`${path}[${index}]`, kubernetes[index], ours[index]),
    ).flat();
  // Of objects of different kinds, such as a Status in place of what was asked for, one line says enough.
  const refused = [kubernetes, ours].some((value) => isObject(value) && value.kind === 'Status');
  if (isObject(kubernetes) && isObject(ours) && (!refused || kubernetes.kind === ours.kind))
    return [...new Set([...Object.keys(kubernetes), ...Object.keys(ours)])].flatMap((key) =>
      differ(path === '' ? key : `${path}.${key}`, kubernetes[key], ours[key]),
    );
  if (Object.is(kubernetes, ours)) return [];
  return [{ path, ...(kubernetes !== undefined && { kubernetes }), ...(ours !== undefined && { ours }) }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
