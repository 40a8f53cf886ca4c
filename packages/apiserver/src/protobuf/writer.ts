/** Wire type of length-delimited fields: strings, bytes and nested messages. */
const LENGTH_DELIMITED = 2;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** A length-delimited field of a protobuf message. */
export function bytesField(number: number, value: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + LENGTH_DELIMITED), varint(value.length), value]);
}

/** A string field; absent when the value is no string. */
export function textField(number: number, value: unknown): Buffer {
  return typeof value === 'string' && value !== '' ? bytesField(number, Buffer.from(value)) : Buffer.alloc(0);
}

/** A boolean field; absent when false. */
export function flagField(number: number, value: unknown): Buffer {
  return value === true ? Buffer.concat([varint(number * 8), varint(1)]) : Buffer.alloc(0);
}

/** A repeated string field. */
export function textsField(number: number, values: readonly unknown[]): Buffer {
  return Buffer.concat(values.map((value) => textField(number, value)));
}
