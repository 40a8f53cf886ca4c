import { afterAll } from 'vitest';
import { startControlPlane, type ControlPlane, type ControlPlaneOptions } from '../../src/index.ts';
import { Client } from './client.ts';

/** A server for all tests of a file, and a client of it; they end after the last of these tests. */
export async function startPlane(
  options?: ControlPlaneOptions,
): Promise<{ plane: ControlPlane; client: Client }> {
  const plane = await startControlPlane(options);
  const client = new Client(plane);
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await plane.stop();
  });
  return { plane, client };
}
