import { isApiError, type Client } from '@virtkit/sdk';
import type { MachineKind } from '../arguments/kind.ts';

const plurals: Readonly<Record<MachineKind, string>> = {
  vm: 'virtualmachines',
  vmi: 'virtualmachineinstances',
};

/** Path of a subresource in the namespace of the client. */
export function subresourcePath(
  client: Client,
  kind: MachineKind,
  name: string,
  subresource: string,
): string {
  return `${namespacePath(client)}/${plurals[kind]}/${encodeURIComponent(name)}/${subresource}`;
}

/** Path below which the subresources of the client's namespace are. */
export function namespacePath({ namespace }: Client): string {
  return `/apis/subresources.kubevirt.io/v1/namespaces/${encodeURIComponent(namespace)}`;
}

/** Asks for something; the answer has no content. */
export async function putSubresource(
  client: Client,
  kind: MachineKind,
  name: string,
  subresource: string,
  body: object,
  signal: AbortSignal,
): Promise<void> {
  const path = subresourcePath(client, kind, name, subresource);
  const answer = await client.request({ method: 'PUT', path, body, signal });
  await answer.bytes();
}

const attempts = 15;

/**
 * Asks the machine, and its instance where there is no machine of the name. A change that somebody else made at the same moment
 * is no reason to give up: the server looks again.
 */
export async function putVolumeChange(
  client: Client,
  name: string,
  subresource: string,
  body: object,
  signal: AbortSignal,
): Promise<void> {
  let kind: MachineKind = 'vm';
  for (let attempt = 1; ; attempt++) {
    try {
      await putSubresource(client, kind, name, subresource, body, signal);
      return;
    } catch (error) {
      if (kind === 'vm' && isApiError(error, 'not-found')) kind = 'vmi';
      else if (!isLostRace(error) || attempt >= attempts) throw error;
    }
  }
}

/** A JSON patch whose test failed: invalid, but no field is at fault. */
function isLostRace(error: unknown): boolean {
  return isApiError(error, 'invalid') && error.fields.length === 0;
}
