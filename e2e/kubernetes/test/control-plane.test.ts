import { existsSync } from 'node:fs';
import type { JsonPatch } from '@virtkit/core-types';
import { connect, isApiError } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../support/command.ts';
import { startKubernetes, type Kubernetes } from '../control-plane.ts';
import { startTimeoutMs } from './patience.ts';

describe('a control plane', () => {
  let kubernetes: Kubernetes;
  const kubectl = async (kubeconfig: string, ...args: string[]): Promise<string> =>
    (await run(['kubectl', '--kubeconfig', kubeconfig, ...args])).stdout.trim();

  beforeAll(async () => {
    kubernetes = await startKubernetes({ controllerManager: true, onProgress: console.log });
  }, startTimeoutMs);
  afterAll(async () => {
    await kubernetes[Symbol.asyncDispose]();
    expect(existsSync(kubernetes.folder)).toBe(false);
  });

  it('is of the release that go.mod pins, and says so', async () => {
    await using client = await connect({ kubeconfig: kubernetes.kubeconfig });
    const response = await client.request({ method: 'GET', path: '/version' });
    expect(JSON.parse(Buffer.from(await response.bytes()).toString())).toMatchObject({
      gitVersion: `v${kubernetes.version}`,
    });
  });

  it('knows users by client certificates, with no rights but what RBAC gives', async () => {
    const jane = await kubernetes.kubeconfigFor({ name: 'jane', groups: ['developers'] });
    expect(await kubectl(jane, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo}')).toContain(
      'developers',
    );
    const mayList = async (): Promise<string | undefined> =>
      (await run(['kubectl', '--kubeconfig', jane, 'auth', 'can-i', 'list', 'pods'], { mayFail: true }))
        .stdout;
    expect(await mayList()).toBe('no\n');
    await kubectl(
      kubernetes.kubeconfig,
      ...'create clusterrolebinding d --clusterrole view --group developers'.split(' '),
    );
    // The role is aggregated by a controller, and bindings reach the authorizer by a watch.
    await waitUntil('jane may list Pods', async () => (await mayList()) === 'yes\n');
  });

  it('has controllers: a namespace gets its service account, whose tokens the API server accepts', async () => {
    await kubectl(kubernetes.kubeconfig, 'create', 'namespace', 'tokens');
    await kubectl(kubernetes.kubeconfig, 'wait', '-n', 'tokens', '--for=create', 'serviceaccount/default');
    const token = await kubectl(kubernetes.kubeconfig, 'create', 'token', '-n', 'tokens', 'default');
    const who = await kubectl(
      '/dev/null',
      '--server',
      kubernetes.url,
      '--insecure-skip-tls-verify',
      '--token',
      token,
      'auth',
      'whoami',
    );
    expect(who).toContain('system:serviceaccount:tokens:default');
  });

  it('records every write and no read', async () => {
    await kubectl(kubernetes.kubeconfig, 'create', 'configmap', 'recorded');
    await kubectl(kubernetes.kubeconfig, 'get', 'configmap', 'recorded');
    const events = await kubernetes.auditEvents();
    const own = events.filter(({ objectRef }) => objectRef?.name === 'recorded');
    expect(own).toMatchObject([
      {
        verb: 'create',
        user: { username: 'admin' },
        objectRef: { resource: 'configmaps' },
        responseStatus: { code: 201 },
      },
    ]);
  });

  it('answers a patch that does not apply so that the SDK knows a conflict from a broken rule', async () => {
    await using client = await connect({ kubeconfig: kubernetes.kubeconfig });
    await client.configMaps.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'patched', namespace: 'default' },
      data: { key: 'new' },
    });
    const codeOf = async (...operations: JsonPatch): Promise<string> => {
      try {
        await client.configMaps.patch('patched', { type: 'json', operations }, { namespace: 'default' });
        return 'none';
      } catch (error) {
        return isApiError(error) ? error.code : String(error);
      }
    };
    const outdated = { op: 'test', path: '/data/key', value: 'old' } as const;
    const holds = { op: 'test', path: '/data/key', value: 'new' } as const;
    expect(await codeOf(outdated, { op: 'replace', path: '/data/key', value: 'newer' })).toBe('conflict');
    expect(await codeOf({ op: 'test', path: '/data/absent', value: 'old' })).toBe('conflict');
    expect(await codeOf({ op: 'test', path: '/metadata/resourceVersion', value: '1' })).toBe('conflict');
    expect(await codeOf(holds, { op: 'remove', path: '/data/absent' })).toBe('conflict');
    expect(await codeOf(holds, { op: 'add', path: '/data/no key!', value: '' })).toBe('invalid');
    expect(await codeOf(holds, { op: 'add', path: '/data', value: 'no map' })).toBe('invalid');
    expect(await codeOf({ op: 'remove', path: '/data/absent' })).toBe('invalid');
    expect(await codeOf(holds, { op: 'replace', path: '/data/key', value: 'newer' })).toBe('none');
  });

  it('keeps what it has when its programs are killed', async () => {
    await kubectl(kubernetes.kubeconfig, 'create', 'configmap', 'kept');
    await kubernetes.programs.signal('etcd', 'SIGKILL');
    await kubernetes.programs.signal('kube-apiserver', 'SIGKILL');
    await kubernetes.restart('etcd');
    await kubernetes.restart('kube-apiserver');
    expect(await kubectl(kubernetes.kubeconfig, 'get', 'configmap', 'kept', '-o', 'name')).toBe(
      'configmap/kept',
    );
  });

  it('tells what a program said that does not start', async () => {
    await expect(
      kubernetes.programs
        .start({ name: 'broken', command: ['/bin/sh', '-c', 'echo no such luck >&2; exit 1'] })
        .then(() => kubernetes.programs.ready('broken', async () => false)),
    ).rejects.toThrow('no such luck');
  });
});
