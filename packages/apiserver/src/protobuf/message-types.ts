import { MESSAGE_TABLE } from './message-table.ts';

/** How a value is turned into JSON. */
export type ValueType =
  | 'string'
  | 'number'
  | 'boolean'
  | 'bytes'
  | 'time'
  | 'micro-time'
  | 'quantity'
  | 'int-or-string'
  | 'json'
  /** Strings that are wrapped into a message, as values of maps are. */
  | 'strings'
  | MessageName;

/** A message of the table, such as `core/v1.Container`. */
export type MessageName = `${string}/${string}`;

/** A field of a message. */
export interface Field {
  readonly name: string;
  readonly type: ValueType;
  readonly holds: 'one' | 'list' | 'map';
  /** JSON has the members of the value in the place of the field. */
  readonly inline: boolean;
  /** A value of zero, false or no characters is not the same as none. */
  readonly keepsZero: boolean;
}

/** A message by its field numbers. */
export type Message = ReadonlyMap<number, Field>;

let lines: ReadonlyMap<string, string> | undefined;
const messages = new Map<string, Message>();

/** The message of a name, if the table has it. */
export function messageNamed(name: string): Message | undefined {
  // Most servers are never sent any protobuf, and those that are get few kinds.
  lines ??= new Map(
    MESSAGE_TABLE.trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(',')), line]),
  );
  const known = messages.get(name) ?? parseLine(lines.get(name));
  if (known !== undefined) messages.set(name, known);
  return known;
}

function parseLine(line: string | undefined): Message | undefined {
  const [, ...fields] = line?.split(', ') ?? [];
  if (line === undefined) return undefined;
  return new Map(
    fields.map((text) => {
      const [number = '', name = '', type = ''] = text.split(' ');
      const list = type.startsWith('[]');
      const map = type.startsWith('{}');
      const value = list || map ? type.slice(2) : type;
      return [
        Number.parseInt(number, 10),
        {
          name,
          type: (value === '[]string' ? 'strings' : value) as ValueType,
          holds: list ? 'list' : map ? 'map' : 'one',
          inline: number.endsWith('~'),
          keepsZero: number.endsWith('!'),
        },
      ];
    }),
  );
}
