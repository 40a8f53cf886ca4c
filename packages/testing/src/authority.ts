import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const validity = { notBefore: new Date(Date.now() - 3600_000), notAfter: new Date(Date.now() + 3600_000) };

/** A certificate with its key and the authority that signed it, PEM. */
export interface Identity {
  ca: string;
  certificate: string;
  key: string;
}

/**
 * Makes a certificate authority for one test. Its certificates are valid for an hour, for 127.0.0.1, P-256.
 * @returns what issues certificates by common name
 */
export async function createAuthority(): Promise<(commonName: string) => Promise<Identity>> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity,
      serialNumber: '01',
      // Authorities are found by their names: of two with the same one, only one would be tried.
      name: `CN=test-ca-${webcrypto.randomUUID()}`,
      signingAlgorithm: algorithm,
      keys,
      extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    },
    webcrypto,
  );
  let serial = 1;
  return async (commonName) => {
    const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    serial += 1;
    const certificate = await x509.X509CertificateGenerator.create(
      {
        ...validity,
        serialNumber: `0${serial}`,
        subject: [{ CN: [commonName] }],
        issuer: authority.subject,
        signingAlgorithm: algorithm,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
      },
      webcrypto,
    );
    return {
      ca: authority.toString('pem'),
      certificate: certificate.toString('pem'),
      key: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', own.privateKey), 'PRIVATE KEY'),
    };
  };
}
