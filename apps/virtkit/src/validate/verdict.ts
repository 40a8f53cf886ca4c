import type { DenialCause } from '@virtkit/admission';

/** What is said of one document. `result` decides the exit status: refused and unreadable ones fail the command. */
export interface DocumentVerdict {
  /** The file, or `-`. */
  readonly source: string;
  /** Place of the document in its source, from 0. */
  readonly index: number;
  /** Line where it begins, or where it cannot be read. */
  readonly line: number;
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly result: 'allowed' | 'refused' | 'unreadable' | 'not-judged';
  /** HTTP status, reason and message of the refusal, as the API server would answer. */
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly DenialCause[];
  readonly warnings: readonly string[];
  /** The object as it would be stored, with defaults. */
  readonly object?: unknown;
}

/** What `--json` prints. */
export interface ValidationReport {
  readonly documents: readonly DocumentVerdict[];
  readonly summary: Readonly<Record<DocumentVerdict['result'], number>>;
}

export function reportOf(documents: readonly DocumentVerdict[]): ValidationReport {
  const summary = { allowed: 0, refused: 0, unreadable: 0, 'not-judged': 0 };
  for (const { result } of documents) summary[result] += 1;
  return { documents, summary };
}

/** Whether the report is free of refusals. */
export function isClean({ summary }: ValidationReport): boolean {
  return summary.refused === 0 && summary.unreadable === 0;
}

const words = {
  allowed: 'ok',
  refused: 'refused',
  unreadable: 'unreadable',
  'not-judged': 'not judged',
} as const satisfies Record<DocumentVerdict['result'], string>;

/** The report for people: a line for each document, indented below it what is wrong, and the sum. */
export function reportText({ documents, summary }: ValidationReport): string {
  const sum = (['allowed', 'refused', 'unreadable', 'not-judged'] as const)
    .filter((result) => result === 'allowed' || summary[result] > 0)
    .map((result) => `${summary[result]} ${words[result]}`);
  const total = `${documents.length} ${documents.length === 1 ? 'document' : 'documents'}`;
  return [...documents.flatMap(documentLines), `${total}: ${sum.join(', ')}`].join('\n');
}

function documentLines(verdict: DocumentVerdict): string[] {
  const place = `${verdict.source}:${verdict.line}`;
  const lines = [`${words[verdict.result].padEnd(10)}  ${place}  ${nameOf(verdict)}`.trimEnd()];
  const causes = verdict.causes ?? [];
  for (const { field, reason, message } of causes)
    lines.push(
      `    ${[field, message].filter(Boolean).join(': ')}${reason === undefined ? '' : ` (${reason})`}`,
    );
  if (causes.length === 0 && verdict.message !== undefined) lines.push(`    ${verdict.message}`);
  for (const warning of verdict.warnings) lines.push(`    warning: ${warning}`);
  return lines;
}

function nameOf({ kind, namespace, name }: DocumentVerdict): string {
  if (kind === undefined) return '';
  return `${kind} ${[namespace, name ?? '(no name)'].filter(Boolean).join('/')}`;
}
