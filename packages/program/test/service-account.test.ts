import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '@virtkit/apiserver';
import { connect } from '@virtkit/sdk';
import { describe, expect, it } from 'vitest';
import { connectionOptions, serviceAccountConnection } from '../src/index.ts';

function accountFolder(files: Record<string, string>): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'account-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

describe('serviceAccountConnection', () => {
  it('is absent outside of Pods', async () => {
    expect(await serviceAccountConnection({}, '/nonexistent')).toBeUndefined();
  });

  it.each([
    ['10.96.0.1', '443', 'https://10.96.0.1:443'],
    ['fd00::1', '6443', 'https://[fd00::1]:6443'],
    ['10.96.0.1', undefined, 'https://10.96.0.1:443'],
  ])('names the server %s %s', async (host, port, server) => {
    using folder = accountFolder({ namespace: 'kubevirt\n' });
    const environment = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
    expect(await serviceAccountConnection(environment, folder.path)).toEqual({
      server,
      caFile: join(folder.path, 'ca.crt'),
      tokenFile: join(folder.path, 'token'),
      namespace: 'kubevirt',
    });
  });

  it('leads to a client of the account', async () => {
    await using plane = await startControlPlane({});
    using folder = accountFolder({ 'ca.crt': plane.ca, token: plane.token, namespace: 'kube-system' });
    const { hostname, port } = new URL(plane.url);
    const environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const options = await serviceAccountConnection(environment, folder.path);
    await using client = await connect(options);
    expect(client.namespace).toBe('kube-system');
    expect((await client.namespaces.get('kube-system')).metadata.name).toBe('kube-system');
  });
});

describe('connectionOptions', () => {
  it.each([
    [
      'a server wins over all',
      { server: 'https://a', 'ca-file': 'c', 'token-file': 't', kubeconfig: 'k' },
      { server: 'https://a', caFile: 'c', tokenFile: 't' },
    ],
    ['then a kubeconfig', { kubeconfig: 'k' }, { kubeconfig: 'k' }],
  ])('%s', async (_name, values, expected) => {
    const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(await connectionOptions(values, 'me/1', environment)).toEqual({ ...expected, userAgent: 'me/1' });
  });

  it('names nothing outside of Pods', async () => {
    await expect(connectionOptions({}, 'me/1', {})).rejects.toThrow('name an API server');
  });
});
