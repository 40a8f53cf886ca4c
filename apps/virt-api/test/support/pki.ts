import { createAuthority } from '@virtkit/testing/authority';
import { handlerName, type HandlerTls } from '../../src/index.ts';

/** An authority with the certificates of a node agent, of virt-api, and of somebody else. */
export interface Pki {
  readonly agent: HandlerTls;
  readonly client: HandlerTls;
  readonly stranger: HandlerTls;
}

export async function createPki(): Promise<Pki> {
  const issue = await createAuthority();
  return {
    agent: await issue(handlerName),
    client: await issue('kubevirt.io:system:client:virt-handler'),
    stranger: await issue('somebody-else'),
  };
}
