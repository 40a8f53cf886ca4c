import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, boolean, identifier, integer, octets, sequence, set, tagged, text, time } from './der.ts';

/** A certificate and the key that belongs to it (ECDSA P-256). */
export interface Issued {
  readonly name: string;
  readonly key: KeyObject;
  /** Hash of the public key. */
  readonly keyId: Buffer;
  /** PEM. */
  readonly certificate: string;
}

/** What a certificate says. */
export interface CertificateRequest {
  /** Common name. */
  readonly name: string;
  /** Organizations: the groups of a user. */
  readonly organizations?: readonly string[];
  /** Further attributes of the subject, by their object identifiers. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Who signs; absent for an authority, which signs itself. */
  readonly issuer?: Issued;
  /** DNS names and IP addresses of a server; without them a certificate that has an issuer is a client's. */
  readonly names?: readonly string[];
}

const ECDSA_WITH_SHA256 = sequence(identifier('1.2.840.10045.4.3.2'));
/** An uncompressed point of P-256, at the end of the public key's encoding. */
export const POINT_BYTES = 65;

/**
 * Makes a key and a certificate for it. Written here because the library that issues the platform's other certificates takes
 * longer to load than the whole server takes to start; what it makes is checked by OpenSSL, in the tests and at every use.
 */
export function issueCertificate(request: CertificateRequest): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encodedKey = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(encodedKey.subarray(-POINT_BYTES)).digest();
  const { issuer = { name: request.name, key: privateKey, keyId } } = request;
  const body = sequence(
    tagged(0, integer(Buffer.from([2])), 'constructed'),
    serialNumber(),
    ECDSA_WITH_SHA256,
    commonName(issuer.name),
    sequence(time(request.notBefore), time(request.notAfter)),
    subject(request),
    encodedKey,
    tagged(3, sequence(...extensions(request, keyId, issuer.keyId)), 'constructed'),
  );
  const signed = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, issuer.key)));
  return { name: request.name, key: privateKey, keyId, certificate: pem('CERTIFICATE', signed) };
}

function serialNumber(): Buffer {
  // RFC 5280: positive and at most 20 octets; the leading 01 makes it positive.
  return integer(Buffer.concat([Buffer.from([1]), randomBytes(15)]));
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(identifier('2.5.4.3'), text(name))));
}

function subject({ name, organizations = [], attributes = {} }: CertificateRequest): Buffer {
  const part = (id: string, value: string): Buffer => set(sequence(identifier(id), text(value)));
  return sequence(
    ...organizations.map((organization) => part('2.5.4.10', organization)),
    part('2.5.4.3', name),
    ...Object.entries(attributes).map(([id, value]) => part(id, value)),
  );
}

function extensions({ issuer, names }: CertificateRequest, own: Buffer, issuerKey: Buffer): Buffer[] {
  const subjectKey = extension('2.5.29.14', octets(own));
  if (issuer === undefined)
    return [
      extension('2.5.29.19', sequence(boolean(true), integer(Buffer.from([0]))), 'critical'),
      // keyCertSign and cRLSign
      extension('2.5.29.15', bits(Buffer.from([0b0000_0110]), 1), 'critical'),
      subjectKey,
    ];
  return [
    extension('2.5.29.19', sequence(), 'critical'),
    // digitalSignature
    extension('2.5.29.15', bits(Buffer.from([0b1000_0000]), 7), 'critical'),
    // serverAuth or clientAuth
    extension('2.5.29.37', sequence(identifier(`1.3.6.1.5.5.7.3.${names === undefined ? 2 : 1}`))),
    ...(names === undefined ? [] : [extension('2.5.29.17', sequence(...names.map(alternativeName)))]),
    extension('2.5.29.35', sequence(tagged(0, issuerKey, 'primitive'))),
    subjectKey,
  ];
}

function extension(id: string, value: Buffer, critical?: 'critical'): Buffer {
  return sequence(identifier(id), ...(critical === undefined ? [] : [boolean(true)]), octets(value));
}

function alternativeName(name: string): Buffer {
  // No name of a host has a colon; Node's own test for IPv6 takes longer to get ready than the whole certificate.
  return isIPv4(name) || name.includes(':')
    ? tagged(7, addressBytes(name), 'primitive')
    : tagged(2, Buffer.from(name), 'primitive');
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // Written in full by way of the URL parser, which knows all short forms.
  const { hostname } = new URL(`http://[${address.split('%')[0] ?? ''}]`);
  const [left = '', right] = hostname.slice(1, -1).split('::');
  const groups = (part: string): string[] => part.split(':').filter((group) => group !== '');
  const missing = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array.from({ length: missing }, () => '0'), ...groups(right ?? '')];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
