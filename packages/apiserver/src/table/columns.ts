import type { KubeObject } from '../object/types.ts';

/** A column of `kubectl get`. */
export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description: string;
  /** 0 is always shown, anything greater only with `-o wide`. */
  readonly priority: number;
  /** The cell of an object; null prints as empty. */
  readonly cell: (object: KubeObject, now: Date) => string | number | boolean | null;
}
