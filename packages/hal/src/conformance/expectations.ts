import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { HalError, type HalErrorCode } from '../errors.ts';

/** Asserts that the call is rejected with a HalError of one of these codes, and returns it. */
export async function rejects(
  call: () => Promise<unknown>,
  ...codes: [HalErrorCode, ...HalErrorCode[]]
): Promise<HalError> {
  let error: unknown;
  try {
    await call();
  } catch (caught) {
    error = caught;
  }
  return halError(error, codes);
}

/** Asserts that the call throws at once with a HalError of this code. */
export function throws(call: () => unknown, code: HalErrorCode): HalError {
  let error: unknown;
  try {
    call();
  } catch (caught) {
    error = caught;
  }
  return halError(error, [code]);
}

function halError(error: unknown, codes: readonly HalErrorCode[]): HalError {
  const wanted = codes.join(' or ');
  assert.ok(error !== undefined, `the call succeeded where HalError ${wanted} is due`);
  assert.ok(error instanceof HalError, `HalError ${wanted} is due, not ${inspect(error)}`);
  assert.ok(codes.includes(error.code), `HalError ${wanted} is due, not ${error.code}: ${error.message}`);
  assert.notEqual(error.message, '', 'a HalError has a message for people');
  return error;
}
