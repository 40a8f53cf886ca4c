/** How the value of a field is turned into JSON. */
export type FieldType =
  | 'string'
  | 'number'
  | 'boolean'
  | 'bytes'
  | 'time'
  | 'int-or-string'
  | 'string-map'
  | 'bytes-map'
  | 'lists-map'
  | Message;

/** A field of a message. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly repeated?: boolean;
}

/** A message by its field numbers (from the generated.proto files of Kubernetes' API). */
export type Message = Readonly<Record<number, Field>>;

/** A field that occurs at most once. */
export function one(name: string, type: FieldType = 'string'): Field {
  return { name, type };
}

/** A list. */
export function many(name: string, type: FieldType = 'string'): Field {
  return { name, type, repeated: true };
}

const OWNER: Message = {
  1: one('kind'),
  3: one('name'),
  4: one('uid'),
  5: one('apiVersion'),
  6: one('controller', 'boolean'),
  7: one('blockOwnerDeletion', 'boolean'),
};

/** Metadata that every object has. */
export const METADATA = one('metadata', {
  1: one('name'),
  2: one('generateName'),
  3: one('namespace'),
  5: one('uid'),
  6: one('resourceVersion'),
  7: one('generation', 'number'),
  8: one('creationTimestamp', 'time'),
  9: one('deletionTimestamp', 'time'),
  10: one('deletionGracePeriodSeconds', 'number'),
  11: one('labels', 'string-map'),
  12: one('annotations', 'string-map'),
  13: many('ownerReferences', OWNER),
  14: many('finalizers'),
});
