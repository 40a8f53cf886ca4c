import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Hypervisor } from '@virtkit/hal';
import type { ServeLauncherOptions } from '@virtkit/launcher-api';

/** A launcher without volumes and networks around a hypervisor. */
export function launcherOptions(
  options: Partial<ServeLauncherOptions> & { hypervisor: Hypervisor; socketPath: string },
): ServeLauncherOptions {
  return {
    vmi: { namespace: 'default', name: 'small', uid: '11111111-2222-3333-4444-555555555555' },
    facts: async () => ({ volumes: {}, hardwareVirtualization: { state: 'usable' } }),
    configureDhcp: async () => undefined,
    ...options,
  };
}

/** A request as it is, for what the client would never send. */
export async function rawRequest(
  socketPath: string,
  method: string,
  path: string,
  body?: string | Buffer,
): Promise<{ status: number; text: string }> {
  const call = request({ socketPath, method, path });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}
