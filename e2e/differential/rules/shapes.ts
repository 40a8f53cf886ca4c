// What rules are about. Shapes have bounds where a rule's estimated cost depends on them.

export const text = { type: 'string', maxLength: 100 };
export const int = { type: 'integer' };
export const num = { type: 'number' };
export const bool = { type: 'boolean' };
export const texts = { type: 'array', maxItems: 10, items: text };
export const ints = { type: 'array', maxItems: 10, items: int };
export const nums = { type: 'array', maxItems: 10, items: num };
export const dict = { type: 'object', maxProperties: 10, additionalProperties: text };
export const set = { ...texts, 'x-kubernetes-list-type': 'set' };
export const either = { 'x-kubernetes-int-or-string': true, maxLength: 50 };
export const span = { type: 'string', format: 'duration' };
export const time = { type: 'string', format: 'date-time' };
export const day = { type: 'string', format: 'date' };
export const bytes = { type: 'string', format: 'byte', maxLength: 100 };
export const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
export const point = { type: 'object', properties: { x: int, y: int, name: text } };
export const keyed = {
  type: 'array',
  maxItems: 10,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: { type: 'object', required: ['name'], properties: { name: text, value: int } },
};
export const named = {
  type: 'object',
  properties: {
    'a-b': text,
    'c.d': text,
    'e/f': text,
    g__h: text,
    namespace: text,
    in: text,
    int: int,
    $weird: text,
  },
};
