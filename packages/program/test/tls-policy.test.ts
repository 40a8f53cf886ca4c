import { createSecureContext, getCiphers } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { tlsPolicyOf } from '../src/index.ts';

describe('what the KubeVirt object says of TLS', () => {
  test.each([
    [undefined, 'TLSv1.2'],
    ['VersionTLS10', 'TLSv1'],
    ['VersionTLS12', 'TLSv1.2'],
    ['VersionTLS13', 'TLSv1.3'],
  ])('the least version %s', (minTLSVersion, minVersion) => {
    expect(tlsPolicyOf({ minTLSVersion })).toEqual({ minVersion });
  });

  const exchanges = ['ECDHE_ECDSA', 'ECDHE_RSA'];
  const ciphers = [
    ...[
      'AES_128_CBC_SHA',
      'AES_256_CBC_SHA',
      'AES_128_CBC_SHA256',
      'AES_128_GCM_SHA256',
      'AES_256_GCM_SHA384',
    ],
    'CHACHA20_POLY1305_SHA256',
  ];
  const suites = [
    ...exchanges.flatMap((exchange) => ciphers.map((cipher) => `TLS_${exchange}_WITH_${cipher}`)),
    ...ciphers.slice(0, 5).map((cipher) => `TLS_RSA_WITH_${cipher}`),
  ];
  test.each(suites)('%s is one that OpenSSL knows', (name) => {
    const { ciphers: chosen = '', ...rest } = tlsPolicyOf({ minTLSVersion: 'VersionTLS12', ciphers: [name] });
    expect(getCiphers()).toContain(chosen.toLowerCase());
    expect(() => createSecureContext({ ...rest, ciphers: chosen })).not.toThrow();
  });

  test('several, of which those of TLS 1.3 and those that OpenSSL has no more are left out', () => {
    const names = ['TLS_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'];
    expect(tlsPolicyOf({ ciphers: names }).ciphers).toBe('ECDHE-RSA-AES128-GCM-SHA256');
    expect(tlsPolicyOf({ ciphers: [...names, 'TLS_RSA_WITH_RC4_128_SHA'] }).ciphers).toBe(
      'ECDHE-RSA-AES128-GCM-SHA256',
    );
    expect(tlsPolicyOf({ ciphers: ['TLS_RSA_WITH_RC4_128_SHA'] })).toEqual({ minVersion: 'TLSv1.2' });
  });
});
