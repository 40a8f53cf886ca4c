import { describe, expect, test } from 'vitest';
import { startControlPlane } from '../src/index.ts';
import { Client, eventually } from './support/client.ts';
import { CONFIGMAPS } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const SERVICE_ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';

const { plane, client } = await startPlane({ namespaceDefaults: true });

describe('namespaces', () => {
  test('get a service account and the authority of the server, which come back when deleted', async () => {
    await client.post('/api/v1/namespaces', { metadata: { name: 'fresh' } });
    const account = '/api/v1/namespaces/fresh/serviceaccounts/default';
    const authority = '/api/v1/namespaces/fresh/configmaps/kube-root-ca.crt';
    const found = (path: string) => async () => (await client.get(path)).status === 200;
    await eventually('the account is there', found(account));
    await eventually('the authority is there', found(authority));
    expect((await client.get(authority)).body.data).toEqual({ 'ca.crt': plane.ca });
    await client.delete(account);
    await eventually('the account is there again', found(account));
    await client.merge(authority, { data: { 'ca.crt': 'x' } });
    await eventually(
      'the authority is right again',
      async () => (await client.get(authority)).body.data?.['ca.crt'] === plane.ca,
    );
    await client.delete('/api/v1/namespaces/fresh');
    await eventually(
      'the namespace is gone',
      async () => (await client.get('/api/v1/namespaces/fresh')).status === 404,
    );
    expect((await client.get(account)).status).toBe(404);
  });

  test('kube-system tells how users are recognised', async () => {
    const path = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
    const { body } = await client.get(path);
    expect(body.data).toMatchObject({
      'client-ca-file': expect.stringContaining('BEGIN CERTIFICATE') as string,
      'requestheader-client-ca-file': expect.stringContaining('BEGIN CERTIFICATE') as string,
      'requestheader-allowed-names': '["front-proxy-client"]',
      'requestheader-username-headers': '["X-Remote-User"]',
    });
  });

  test('have no such things unless they are wanted', async () => {
    await using bare = await startControlPlane();
    await using asked = new Client(bare);
    expect((await asked.get(SERVICE_ACCOUNTS)).body.items).toEqual([]);
    expect((await asked.get(CONFIGMAPS)).body.items).toEqual([]);
  });
});
