import { ApiServerError } from '../errors.ts';

/** One field of a protobuf message as it is on the wire. */
export interface WireField {
  readonly number: number;
  /** A number for varints, bytes for everything with a length. */
  readonly value: number | Buffer;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** The fields of a protobuf message in their order. @throws ApiServerError `BadRequest` when it is cut short or malformed. */
export function readFields(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at];
      if (byte === undefined) throw malformed();
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      // Negative numbers are sent as 64-bit two's complement.
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw malformed();
  };
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > message.length) throw malformed();
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (type === VARINT) fields.push({ number, value: varint() });
    else if (type === LENGTH_DELIMITED) fields.push({ number, value: take(varint()) });
    else if (type === FIXED64) take(8);
    else if (type === FIXED32) take(4);
    else throw malformed();
  }
  return fields;
}

function malformed(): ApiServerError {
  return new ApiServerError('BadRequest', 'the protobuf body of the request is malformed');
}
