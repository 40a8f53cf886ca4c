import { applyJsonPatch, type JsonPatch } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { answerWebhook, isAdmitted, webhooks, wrappedMessage } from '../../src/admit/index.ts';
import { context, plainInstance, plainMachine } from './requests.ts';

const review = (object: unknown, change: object = {}, apiVersion = 'admission.k8s.io/v1') => ({
  apiVersion,
  kind: 'AdmissionReview',
  request: {
    uid: 'uid-1',
    resource: { group: 'kubevirt.io', version: 'v1', resource: 'virtualmachines' },
    namespace: 'default',
    name: 'vm',
    operation: 'CREATE',
    userInfo: { username: 'alice', groups: ['system:authenticated'] },
    object,
    oldObject: null,
    dryRun: false,
    ...change,
  },
});

interface Response {
  readonly apiVersion: string;
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patchType?: string;
    readonly patch?: string;
    readonly status?: { readonly code?: number; readonly details?: { readonly causes: readonly unknown[] } };
  };
}

async function call(path: string, body: unknown, contentType: string | undefined = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return answerWebhook({ path, contentType, body: text }, context());
}
async function answer(path: string, body: unknown): Promise<Response> {
  return JSON.parse((await call(path, body)).body) as Response;
}
const patchOf = ({ response }: Response) =>
  JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString()) as JsonPatch;

describe('calls of webhooks', () => {
  test('GEN-08: other content than JSON is refused; replies have the version of the request, or v1 where they mutate', async () => {
    for (const contentType of [undefined, 'text/json', 'application/json; charset=utf-8'])
      expect(
        await answerWebhook({ path: '/virtualmachines-validate', contentType, body: '{}' }, context()),
      ).toMatchObject({
        status: 400,
      });
    const old = review(plainMachine, {}, 'admission.k8s.io/v1beta1');
    expect((await answer('/virtualmachines-validate', old)).apiVersion).toBe('admission.k8s.io/v1beta1');
    expect((await answer('/virtualmachines-mutate', old)).apiVersion).toBe('admission.k8s.io/v1');
  });

  test('are answered with a patch that makes the object', async () => {
    const reply = await answer('/virtualmachines-mutate', review(plainMachine));
    expect(reply.response).toMatchObject({ uid: 'uid-1', allowed: true, patchType: 'JSONPatch' });
    expect(applyJsonPatch(plainMachine, patchOf(reply))).toMatchObject({
      spec: { template: { spec: { architecture: 'amd64' } } },
    });
  });

  test('replace the status of a new instance, which it has not got yet', async () => {
    const resource = { group: 'kubevirt.io', version: 'v1', resource: 'virtualmachineinstances' };
    const reply = await answer('/virtualmachineinstances-mutate', review(plainInstance, { resource }));
    expect(patchOf(reply).map(({ op, path }) => [op, path])).toContainEqual(['replace', '/status']);
  });

  test('are answered with causes', async () => {
    const wrong = { ...plainMachine, spec: { ...plainMachine.spec, runStrategy: 'Sometimes' } };
    const { response } = await answer('/virtualmachines-validate', review(wrong));
    expect(response).toMatchObject({
      allowed: false,
      status: { code: 422, reason: 'Invalid', details: { causes: [{ field: 'spec.runStrategy' }] } },
    });
  });

  test('that are none are refused', async () => {
    expect(await call('/nowhere', review(plainMachine))).toMatchObject({ status: 404 });
    expect(await call('/virtualmachines-validate', '{')).toMatchObject({ status: 400 });
    expect(await call('/virtualmachines-validate', { kind: 'Pod' })).toMatchObject({ status: 400 });
  });
});

describe('the registry of webhooks', () => {
  test('has each path once, but that of evictions, which two names lead to', () => {
    const paths = webhooks.map(({ path }) => path);
    const twice = paths.filter((path, index) => paths.indexOf(path) < index);
    expect(twice).toEqual(['/pod-eviction-validate']);
    expect(new Set(webhooks.map(({ name }) => name)).size).toBe(webhooks.length);
  });

  test.each(webhooks)('$name stands for something that is looked at', ({ group, resources, operations }) => {
    for (const resource of resources) {
      const [plural = '', subresource] = resource.split('/');
      for (const operation of operations)
        expect(isAdmitted({ group, plural, subresource }, operation === '*' ? 'CREATE' : operation)).toBe(
          true,
        );
    }
  });

  test('GEN-07: clients are told which webhook refused', () => {
    const [webhook] = webhooks.filter(({ path }) => path === '/virtualmachines-validate');
    expect(webhook && wrappedMessage(webhook, 'no')).toBe(
      'admission webhook "virtualmachine-validator.kubevirt.io" denied the request: no',
    );
  });
});
