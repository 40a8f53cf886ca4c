import type { PrinterColumn } from './definition.ts';

/** Time since creation, where a kind does not leave this column to the API server. */
export const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** A column of text. */
export function text(name: string, jsonPath: string): PrinterColumn {
  return { name, type: 'string', jsonPath };
}

/** Status of the condition `type`. */
export function condition(name: string, type: string, priority = 0): PrinterColumn {
  return { name, type: 'string', jsonPath: `.status.conditions[?(@.type=='${type}')].status`, priority };
}

/** The object that `spec.source` names. */
export const source: readonly PrinterColumn[] = [
  text('SourceKind', '.spec.source.kind'),
  text('SourceName', '.spec.source.name'),
];

/** Columns of kinds that keep a number of copies. */
export const replicas: readonly PrinterColumn[] = [
  { name: 'Desired', type: 'integer', jsonPath: '.spec.replicas' },
  { name: 'Current', type: 'integer', jsonPath: '.status.replicas' },
  { name: 'Ready', type: 'integer', jsonPath: '.status.readyReplicas' },
  age,
];
