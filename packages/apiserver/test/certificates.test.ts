import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generateCertificates } from '../src/index.ts';
import { identifier, time } from '../src/tls/der.ts';

describe('certificates of a server', () => {
  test('are signed by the authority, and valid for what was asked', async () => {
    const names = [
      'localhost',
      'kubernetes.default.svc',
      '127.0.0.1',
      '::1',
      'fd00:1::abcd',
      '::ffff:10.1.2.3',
    ];
    const now = new Date('2026-11-22T02:00:00Z');
    const { ca, cert } = await generateCertificates(names, now);
    const [authority, server] = [new X509Certificate(ca), new X509Certificate(cert)];
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(server.checkIssued(authority)).toBe(true);
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    for (const name of names.slice(0, 2)) expect(server.checkHost(name)).toBe(name);
    for (const address of names.slice(2)) expect(server.checkIP(address)).toBe(address);
    expect(server.checkHost('example.com')).toBeUndefined();
    expect(server.validFromDate).toEqual(new Date('2026-11-21T02:00:00Z'));
    expect(server.validToDate).toEqual(new Date('2029-02-24T02:00:00Z'));
    expect(authority.validToDate).toEqual(new Date('2036-11-19T02:00:00Z'));
  });

  test('differ each time', async () => {
    const [one, other] = await Promise.all([generateCertificates(), generateCertificates()]);
    expect(one.ca).not.toBe(other.ca);
    expect(new X509Certificate(one.cert).serialNumber).not.toBe(new X509Certificate(other.cert).serialNumber);
  });
});

test.each([
  ['2.5.29.17', '0603551d11'],
  ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
  ['1.3.6.1.5.5.7.3.1', '06082b06010505070301'],
])('%s is encoded as %s', (dotted, hex) => {
  expect(identifier(dotted).toString('hex')).toBe(hex);
});

test.each([
  ['2049-12-31T23:59:59Z', '\x17\r491231235959Z'],
  ['2050-01-01T00:00:00Z', '\x18\x0f20500101000000Z'],
])('the moment %s is encoded as %j', (moment, text) => {
  expect(time(new Date(moment)).toString('latin1')).toBe(text);
});
