import { clientTlsOptions, unchanging, type ClientTlsOptions, type KeyPair } from '@virtkit/program';

/** PEM: the authority of the node agents' certificates, and virt-api's own certificate and key. */
export interface HandlerTls extends KeyPair {
  readonly ca: string;
}

/** Common name in the certificates of node agents. */
export const handlerName = 'kubevirt.io:system:node:virt-handler';

/** How connections to node agents are secured: they are known by their common name, not by address. */
export function tlsOptions({ ca, certificate, key }: HandlerTls): ClientTlsOptions {
  return clientTlsOptions({
    ca: unchanging(ca),
    keyPair: unchanging({ certificate, key }),
    serverName: handlerName,
  });
}
