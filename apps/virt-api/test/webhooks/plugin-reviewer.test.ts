import { ApiServerError, type AdmissionPlugin } from '@virtkit/apiserver';
import { applyJsonPatch } from '@virtkit/core-types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectPatch } from '../../src/webhooks/object-patch.ts';
import { pluginReviewer } from '../../src/webhooks/plugin-reviewer.ts';

const object = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', metadata: { name: 'web' }, spec: {} };
const request = {
  operation: 'CREATE',
  resource: { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachines' },
  namespace: 'default',
  name: 'web',
  object,
  user: { name: 'jane', groups: ['developers'], extra: { node: ['a'] } },
} as const;

const plugin = (name: string, parts: Partial<AdmissionPlugin>): AdmissionPlugin => ({
  name,
  matches: ({ resource }) => resource === 'virtualmachines',
  ...parts,
});
const marking = (mark: string): AdmissionPlugin =>
  plugin(mark, {
    mutate: ({ object: seen }) => ({
      warnings: [mark],
      object: { ...seen!, metadata: { ...seen!.metadata, labels: { ...seen!.metadata.labels, [mark]: '' } } },
    }),
  });

describe('plugins as webhooks', () => {
  test('change the object one after the other', async () => {
    const verdict = await pluginReviewer([marking('one'), marking('two')]).mutate(request);
    expect(verdict).toEqual({
      allowed: true,
      warnings: ['one', 'two'],
      patch: [{ op: 'replace', path: '/metadata', value: { name: 'web', labels: { one: '', two: '' } } }],
    });
  });

  test('see the request as it came', async () => {
    const seen: unknown[] = [];
    const watching = plugin('watching', { validate: (asked) => void seen.push(asked) });
    await pluginReviewer([watching]).validate({ ...request, dryRun: true });
    expect(seen).toEqual([
      {
        operation: 'CREATE',
        resource: { group: 'kubevirt.io', version: 'v1', resource: 'virtualmachines' },
        kind: 'VirtualMachine',
        subresource: undefined,
        namespace: 'default',
        name: 'web',
        user: request.user,
        dryRun: true,
        object,
        oldObject: undefined,
      },
    ]);
  });

  test('are asked about their own only', async () => {
    const never = plugin('never', { matches: () => false, validate: () => ({ denied: { message: 'no' } }) });
    expect(await pluginReviewer([never]).validate(request)).toMatchObject({ allowed: true });
  });

  test('refuse, with what they were asked to say before', async () => {
    const causes = [{ message: 'not that', field: 'spec.x' }];
    const denied = { code: 422, reason: 'Invalid', message: 'no', causes };
    const refusing = plugin('refusing', { mutate: () => ({ denied, warnings: ['two'] }) });
    expect(await pluginReviewer([marking('one'), refusing, marking('three')]).mutate(request)).toEqual({
      allowed: false,
      patch: [],
      warnings: ['one', 'two'],
      ...denied,
    });
  });

  test('refuse with errors of the API server, and fail with others', async () => {
    const throwing = (error: Error) =>
      pluginReviewer([
        plugin('throwing', {
          validate: () => {
            throw error;
          },
        }),
      ]).validate(request);
    expect(await throwing(new ApiServerError('ServiceUnavailable', 'not now'))).toMatchObject({
      allowed: false,
      code: 503,
      reason: 'ServiceUnavailable',
      message: 'not now',
    });
    await expect(throwing(new Error('broken'))).rejects.toThrow('broken');
  });

  test('are not shown what is no object', async () => {
    const verdict = await pluginReviewer([]).validate({ ...request, object: { kind: 'VirtualMachine' } });
    expect(verdict).toMatchObject({ allowed: false, code: 400 });
  });
});

test('the patch of two objects makes the one of the other', () => {
  const member = fc.constantFrom('metadata', 'spec', 'status', 'a/b', '~c');
  const objects = fc.dictionary(member, fc.jsonValue({ maxDepth: 2 }));
  fc.assert(
    fc.property(objects, objects, (before, after) => {
      const patch = objectPatch(before, after);
      // As JSON: undefined members and minus zero do not travel.
      expect(JSON.parse(JSON.stringify(applyJsonPatch(before, patch)))).toEqual(
        JSON.parse(JSON.stringify(after)),
      );
      if (JSON.stringify(before) === JSON.stringify(after)) expect(patch).toEqual([]);
    }),
  );
});
