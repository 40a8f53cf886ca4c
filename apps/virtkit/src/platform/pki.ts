import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { readIfThere, replaceFile } from './files.ts';

/** Common names of the two ends of the connection between virt-api and virt-handler, as KubeVirt uses them. */
const handlerServerName = 'kubevirt.io:system:node:virt-handler';
export const handlerClientName = 'kubevirt.io:system:client:virt-handler';

/** Paths of PEM files. */
export interface CertificateFiles {
  ca: string;
  certificate: string;
  key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const days = 24 * 3600 * 1000;

/**
 * The certificates between virt-api and virt-handler, made once and kept. Their authority is thrown away after signing, so
 * nobody can issue another certificate that virt-handler accepts; renewing means making all of them anew.
 */
export async function ensureHandlerCertificates(
  folder: string,
  now = new Date(),
): Promise<{ server: CertificateFiles; client: CertificateFiles }> {
  const files = (role: string): CertificateFiles => ({
    ca: join(folder, 'virt-handler-ca.crt'),
    certificate: join(folder, `virt-handler-${role}.crt`),
    key: join(folder, `virt-handler-${role}.key`),
  });
  const server = files('server');
  const client = files('client');
  const kept = await readIfThere(client.certificate);
  if (kept !== undefined && new x509.X509Certificate(kept).notAfter.getTime() - now.getTime() > 30 * days)
    return { server, client };

  const authority = await createAuthority(now);
  await replaceFile(server.ca, authority.certificate.toString('pem'), 0o644);
  for (const [paths, name, usage] of [
    [server, handlerServerName, x509.ExtendedKeyUsage.serverAuth],
    [client, handlerClientName, x509.ExtendedKeyUsage.clientAuth],
  ] as const) {
    const issued = await issue(authority, name, usage, now);
    await replaceFile(paths.key, issued.key);
    // The client's certificate is written last: its presence means that everything else is there.
    await replaceFile(paths.certificate, issued.certificate, 0o644);
  }
  return { server, client };
}

interface Authority {
  certificate: x509.X509Certificate;
  keys: webcrypto.CryptoKeyPair;
}

const serialNumber = (): string =>
  `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
const generateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const validity = (now: Date): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(now.getTime() - days),
  notAfter: new Date(now.getTime() + 825 * days),
});

async function createAuthority(now: Date): Promise<Authority> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: 'CN=virtkit-nodes-ca',
      ...validity(now),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    },
    webcrypto,
  );
  return { certificate, keys };
}

async function issue(
  authority: Authority,
  name: string,
  usage: x509.ExtendedKeyUsage,
  now: Date,
): Promise<{ certificate: string; key: string }> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [{ CN: [name] }],
      issuer: authority.certificate.subject,
      ...validity(now),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: authority.keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        new x509.SubjectAlternativeNameExtension(
          ['localhost', '127.0.0.1', name].map((value) => ({
            type: isIP(value) === 0 ? 'dns' : 'ip',
            value,
          })),
        ),
      ],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}
