import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, type ConnectOptions } from '../src/index.ts';
import { json, scriptedServer } from './scripted-server.ts';

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    clusters: [
      { name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } },
      { name: 'p', cluster: { server, 'proxy-url': 'http://127.0.0.1:1' } },
    ],
    users: [
      { name: 'files', user: { 'client-certificate': '/nonexistent/crt', 'client-key': '/nonexistent/key' } },
      {
        name: 'missing-plugin',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            interactiveMode: 'Never',
            command: '/nonexistent/plugin',
          },
        },
      },
      { name: 'token', user: { token: 'from-file' } },
      { name: 'basic', user: { username: 'u', password: 'p' } },
      {
        name: 'plugin',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            interactiveMode: 'Never',
            command: 'echo',
            args: [
              JSON.stringify({
                apiVersion: 'client.authentication.k8s.io/v1',
                kind: 'ExecCredential',
                status: { token: 'from-plugin' },
              }),
            ],
          },
        },
      },
    ],
    contexts: [
      { name: 'one', context: { cluster: 'c', user: 'token', namespace: 'ns' } },
      { name: 'two', context: { cluster: 'c', user: 'basic' } },
      { name: 'three', context: { cluster: 'c', user: 'plugin' } },
      { name: 'no-files', context: { cluster: 'c', user: 'files' } },
      { name: 'no-plugin', context: { cluster: 'c', user: 'missing-plugin' } },
      { name: 'proxied', context: { cluster: 'p', user: 'token' } },
      { name: 'broken', context: { cluster: 'none', user: 'token' } },
    ],
  });
}

describe('kubeconfig', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each<[string, ConnectOptions, string, string]>([
    ['current', {}, 'Bearer from-file', 'ns'],
    ['named', { context: 'two' }, `Basic ${Buffer.from('u:p').toString('base64')}`, 'default'],
    ['plug-in', { context: 'three' }, 'Bearer from-plugin', 'default'],
    ['overridden', { token: 'given', namespace: 'mine' }, 'Bearer given', 'mine'],
  ])('uses the %s context', async (_name, options, authorization, namespace) => {
    await using server = await scriptedServer((_request, response) => json(response, {}));
    await using client = await connect({ kubeconfigText: kubeconfig(server.url), ...options });
    await client.pods.get('a');
    expect(client.namespace).toBe(namespace);
    expect(server.seen[0]?.headers.authorization).toBe(authorization);
    expect(server.seen[0]?.path).toBe(`/api/v1/namespaces/${namespace}/pods/a`);
  });

  it('reads a file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'virtkit-sdk-'));
    try {
      const path = join(directory, 'kubeconfig');
      await writeFile(path, kubeconfig('https://127.0.0.1:1'));
      await using client = await connect({ kubeconfig: path });
      expect(client.server).toBe('https://127.0.0.1:1/');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  const pem = '-----BEGIN CERTIFICATE-----';
  const given = { kubeconfigText: kubeconfig('https://x') };
  it.each<[string, ConnectOptions, RegExp]>([
    ['no server at all', {}, /name an API server/],
    ['a server that is no URL', { server: 'localhost:6443' }, /did you mean "https:\/\/localhost:6443"/],
    ['another protocol', { server: 'ftp://localhost' }, /not an http or https URL$/],
    ['a missing file', { kubeconfig: '/nonexistent/kubeconfig' }, /there is no .* name another/],
    ['a folder', { kubeconfig: '/' }, /cannot read kubeconfig/],
    ['text that is no kubeconfig', { kubeconfigText: '{' }, /cannot read the given/],
    ['text of something else', { kubeconfigText: 'hello' }, /no contexts at all/],
    ['an unknown context', { ...given, context: 'nine' }, /no context "nine"; its contexts are "one", "two"/],
    ['files that are missing', { ...given, context: 'no-files' }, /credentials/],
    ['a proxy', { ...given, context: 'proxied' }, /proxy/],
    ['a cluster that is no URL', { kubeconfigText: kubeconfig('x') }, /no URL/],
    ['the Pod account outside of a Pod', { kubeconfig: 'in-cluster' }, /works in Pods only/],
    ['a context without a cluster', { ...given, context: 'broken' }, /names no cluster/],
    ['a path where PEM is wanted', { server: 'https://x', ca: '/etc/ca.crt' }, /ca is not in PEM form/],
    [
      'a key that is no PEM',
      { server: 'https://x', certificate: { cert: pem, key: 'k' } },
      /certificate.key is not in PEM/,
    ],
    ['the line end of a token file', { server: 'https://x', token: 't\n' }, /trim it/],
  ])('refuses %s', async (_name, options, message) => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', undefined);
    await expect(connect(options)).rejects.toMatchObject({
      code: 'configuration',
      retry: 'never',
      message: expect.stringMatching(message) as string,
    });
  });

  it('says that a plug-in gave no credentials', async () => {
    const options = { kubeconfigText: kubeconfig('https://x'), context: 'no-plugin' };
    await expect(connect(options)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('does not load the kubeconfig library for a client that names a server', async () => {
    const source = `
      import { connect } from '@virtkit/sdk';
      import { registerHooks } from 'node:module';
      let loaded = false;
      registerHooks({ load(url, context, next) { loaded ||= url.includes('@kubernetes/client-node'); return next(url, context); } });
      await using client = await connect({ server: 'https://127.0.0.1:1', token: 't' });
      process.stdout.write(JSON.stringify({ server: client.server, loaded }));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@virtkit/source', '--input-type=module', '-e', source],
      { cwd: import.meta.dirname },
    );
    expect(JSON.parse(stdout)).toEqual({ server: 'https://127.0.0.1:1/', loaded: false });
  });
});
