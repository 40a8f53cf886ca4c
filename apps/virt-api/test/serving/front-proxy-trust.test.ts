import { createAuthority } from '@virtkit/testing/authority';
import { expect, test } from 'vitest';
import { readTrust } from '../../src/index.ts';

const { ca } = await (await createAuthority())('front-proxy-client');

test('what the cluster names comes after the usual headers', () => {
  const reading = readTrust({
    'requestheader-client-ca-file': ca,
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-username-headers': '["X-Remote-User","X-Forwarded-User"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-extra-headers-prefix': '["X-Extra-"]',
  });
  expect(reading).toMatchObject({
    ok: true,
    value: {
      allowedNames: ['front-proxy-client'],
      userHeaders: ['x-remote-user', 'x-forwarded-user'],
      groupHeaders: ['x-remote-group'],
      extraPrefixes: ['x-remote-extra-', 'x-extra-'],
    },
  });
});

test.each([
  ['nothing', {}],
  ['no certificate', { 'requestheader-client-ca-file': '' }],
  ['names that are no list', { 'requestheader-client-ca-file': ca, 'requestheader-allowed-names': '"all"' }],
  ['names that are no JSON', { 'requestheader-client-ca-file': ca, 'requestheader-allowed-names': '[' }],
])('%s cannot be trusted', (_, data) => {
  expect(readTrust(data)).toMatchObject({
    ok: false,
    problem: expect.stringContaining('requestheader') as string,
  });
});
