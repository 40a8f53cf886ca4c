import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  authorityBundle,
  certificatesOf,
  createAuthority,
  isSignedBy,
  issueCertificate,
  keyMatches,
  PkiError,
  readCertificate,
} from '@virtkit/pki';

const hour = 3_600_000;
const now = Date.now();

test('an authority is one, and signs itself', async () => {
  const authority = await createAuthority({ commonName: 'ca.test', now, durationMs: 10 * hour });
  const facts = readCertificate(authority.certificate);
  expect(facts).toMatchObject({ commonName: 'ca.test', isAuthority: true, names: [] });
  expect(facts.notAfter - now).toBeCloseTo(10 * hour, -4);
  expect(facts.notBefore).toBeLessThan(now - 4 * 60_000);
  expect(isSignedBy(authority.certificate, authority.certificate)).toBe(true);
  expect(keyMatches(authority)).toBe(true);
});

test('a client has organisations, before its name', async () => {
  const authority = await createAuthority({ commonName: 'ca.test', now, durationMs: hour });
  const { certificate } = await issueCertificate(authority, {
    commonName: 'jane',
    organizations: ['developers', 'admins'],
    usages: ['client'],
    now,
    durationMs: hour,
  });
  expect(new X509Certificate(certificate).subject).toBe('O=developers\nO=admins\nCN=jane');
  expect(readCertificate(certificate)).toMatchObject({ commonName: 'jane', names: [] });
});

test('a certificate has its names and usages, and ends with its authority at the latest', async () => {
  const authority = await createAuthority({ commonName: 'ca.test', now, durationMs: 2 * hour });
  const pair = await issueCertificate(authority, {
    commonName: 'server.test',
    usages: ['server'],
    names: ['server.test', 'server.test.svc', '127.0.0.1'],
    now,
    durationMs: 5 * hour,
  });
  const facts = readCertificate(pair.certificate);
  expect(facts).toMatchObject({
    commonName: 'server.test',
    isAuthority: false,
    names: ['server.test', 'server.test.svc', '127.0.0.1'],
  });
  expect(facts.notAfter).toBe(readCertificate(authority.certificate).notAfter);
  expect(isSignedBy(pair.certificate, authority.certificate)).toBe(true);
  const other = await createAuthority({ commonName: 'ca.test', now, durationMs: 2 * hour });
  expect(isSignedBy(pair.certificate, other.certificate)).toBe(false);
  expect(keyMatches({ certificate: pair.certificate, key: other.key })).toBe(false);
  expect(keyMatches({ certificate: pair.certificate, key: 'no key' })).toBe(false);
});

test('an expired authority issues nothing, and text that is none is told', async () => {
  const authority = await createAuthority({ commonName: 'ca.test', now, durationMs: hour });
  const request = { commonName: 'x', usages: ['client'] as const, durationMs: hour };
  await expect(issueCertificate(authority, { ...request, now: now + 2 * hour })).rejects.toMatchObject({
    code: 'invalid-request',
  });
  expect(() => readCertificate('hello')).toThrow(PkiError);
});

describe('bundles', () => {
  test('newest first, each once, none that has expired or cannot be read', async () => {
    const old = await createAuthority({ commonName: 'old', now: now - 2 * hour, durationMs: 3 * hour });
    const young = await createAuthority({ commonName: 'young', now, durationMs: 3 * hour });
    const gone = await createAuthority({ commonName: 'gone', now: now - 9 * hour, durationMs: hour });
    const damaged = old.certificate.replaceAll(/[A-Z]{4}/g, 'AAAA');
    const bundle = authorityBundle(
      [gone, old, young, old].map(({ certificate }) => certificate).concat(damaged),
      { now },
    );
    expect(certificatesOf(bundle).map((pem) => readCertificate(pem).commonName)).toEqual(['young', 'old']);
    expect(authorityBundle(certificatesOf(bundle), { now })).toBe(bundle);
    expect(
      certificatesOf(authorityBundle([old.certificate, young.certificate], { now, limit: 1 })),
    ).toHaveLength(1);
    expect(authorityBundle([], { now })).toBe('');
  });

  test('mutual TLS works with a bundle that holds both authorities of a rotation', async () => {
    const old = await createAuthority({ commonName: 'ca', now: now - hour, durationMs: 3 * hour });
    const young = await createAuthority({ commonName: 'ca', now, durationMs: 3 * hour });
    const ca = authorityBundle([old.certificate, young.certificate], { now });
    const lifetime = { now, durationMs: hour };
    const serving = await issueCertificate(old, {
      ...lifetime,
      commonName: 's',
      usages: ['server'],
      names: ['s.test'],
    });
    const calling = await issueCertificate(young, { ...lifetime, commonName: 'c', usages: ['client'] });
    const server = createServer(
      { cert: serving.certificate, key: serving.key, ca, requestCert: true, rejectUnauthorized: true },
      (socket: TLSSocket) => socket.end(String(socket.getPeerCertificate().subject.CN)),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const socket = connect({
        host: '127.0.0.1',
        port,
        servername: 's.test',
        ca,
        cert: calling.certificate,
        key: calling.key,
      });
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text).toBe('c');
    } finally {
      server.close();
    }
  });
});
