import { KvmError, LibvirtError } from '../../../src/native/index.ts';

/** Waits for a call that may be refused with one of these codes, or succeed; every other error is thrown. */
export async function mayBeRefused(call: Promise<unknown>, ...codes: string[]): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof LibvirtError || error instanceof KvmError) || !codes.includes(error.code))
      throw error;
  }
}

/** Waits for a call that must be refused with this code. */
export async function mustBeRefused(call: Promise<unknown>, code: string): Promise<void> {
  let succeeded = false;
  await mayBeRefused(
    call.then(() => (succeeded = true)),
    code,
  );
  if (succeeded) throw new Error(`this call should have been refused with ${code}`);
}
