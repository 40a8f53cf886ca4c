import type { PeerCertificate } from 'node:tls';

/** PEM: the authority of the node agents' certificates, and virt-api's own certificate and key. */
export interface HandlerTls {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Common name in the certificates of node agents. */
export const handlerName = 'kubevirt.io:system:node:virt-handler';

export interface TlsOptions {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/** How connections to node agents are secured: they are known by their common name, not by address. */
export function tlsOptions({ ca, certificate, key }: HandlerTls): TlsOptions {
  return {
    ca,
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    checkServerIdentity: (host, { subject }) => {
      const name: unknown = subject?.CN;
      return name === handlerName
        ? undefined
        : new Error(`the certificate at ${host} is that of ${String(name)}, not of ${handlerName}`);
    },
  };
}
