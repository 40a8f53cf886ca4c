import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { handlerName, type HandlerTls } from '../../src/index.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const validity = { notBefore: new Date(Date.now() - 3600_000), notAfter: new Date(Date.now() + 3600_000) };

/** An authority with the certificates of a node agent, of virt-api, and of somebody else. */
export interface Pki {
  readonly agent: HandlerTls;
  readonly client: HandlerTls;
  readonly stranger: HandlerTls;
}

export async function createPki(): Promise<Pki> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity,
      serialNumber: '01',
      name: 'CN=test-ca',
      signingAlgorithm: algorithm,
      keys,
      extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    },
    webcrypto,
  );
  let serial = 1;
  const issue = async (name: string): Promise<HandlerTls> => {
    const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    serial += 1;
    const certificate = await x509.X509CertificateGenerator.create(
      {
        ...validity,
        serialNumber: `0${serial}`,
        subject: [{ CN: [name] }],
        issuer: authority.subject,
        signingAlgorithm: algorithm,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [],
      },
      webcrypto,
    );
    return {
      ca: authority.toString('pem'),
      certificate: certificate.toString('pem'),
      key: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', own.privateKey), 'PRIVATE KEY'),
    };
  };
  return {
    agent: await issue(handlerName),
    client: await issue('kubevirt.io:system:client:virt-handler'),
    stranger: await issue('somebody-else'),
  };
}
