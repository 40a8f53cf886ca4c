import type { KubeObject } from '../object/types.ts';
import { ageSince } from './age.ts';
import type { TableColumn } from './columns.ts';

/** The object's name. */
export function nameColumn(): TableColumn {
  return {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name of the object.',
    priority: 0,
    cell: (object) => object.metadata.name ?? null,
  };
}

/** Time since the object's creation. */
export function ageColumn(priority = 0): TableColumn {
  return {
    name: 'Age',
    type: 'string',
    description: 'Time since the object was created.',
    priority,
    cell: (object, now) =>
      object.metadata.creationTimestamp === undefined
        ? '<unknown>'
        : ageSince(object.metadata.creationTimestamp, now),
  };
}

/** When the object was created. */
export function createdColumn(): TableColumn {
  return {
    name: 'Created At',
    type: 'date',
    description: 'Time of creation.',
    priority: 0,
    cell: ({ metadata }) => metadata.creationTimestamp ?? '',
  };
}

/** A column of text. */
export function textColumn(
  name: string,
  description: string,
  cell: (object: KubeObject, now: Date) => string | null,
  priority = 0,
): TableColumn {
  return { name, type: 'string', description, priority, cell };
}

/** A column of whole numbers. */
export function countColumn(
  name: string,
  description: string,
  cell: (object: KubeObject) => number | null,
  priority = 0,
): TableColumn {
  return { name, type: 'integer', description, priority, cell };
}
