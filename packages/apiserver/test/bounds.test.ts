import { describe, expect, test } from 'vitest';
import { levelsOfJson, mostLevels } from '../src/object/nesting.ts';
import { CONFIGMAPS, configMap, widgetDefinition } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const { client } = await startPlane({ crds: [widgetDefinition()] });

const jsonPatch = 'application/json-patch+json';

/** JSON of lists inside each other. */
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('requests that are nested too deeply are refused, however deep they are', () => {
  test.each([mostLevels, 5_000, 100_000, 1_000_000])(
    'an object with %i levels in a member',
    async (levels) => {
      const body = `{"metadata":{"name":"deep"},"data":{},"other":${nested(levels)}}`;
      const answer = await client.post(CONFIGMAPS, body);
      expect(answer).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
    },
  );

  test('an object as deep as allowed is taken, and read back', async () => {
    const body = `{"metadata":{"name":"allowed"},"data":{"x":"[[[[ no { nesting"},"other":${nested(mostLevels - 1)}}`;
    expect((await client.post(CONFIGMAPS, body)).status).toBe(201);
    expect((await client.get(`${CONFIGMAPS}/allowed`)).status).toBe(200);
  });

  test('patches that would nest an object deeper and deeper', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    await client.post(leases, { metadata: { name: 'growing' }, spec: {} });
    const path = `${leases}/growing`;
    const half = nested(mostLevels - 10);
    const first = await client.merge(path, `{"spec":{"other":${half}}}`);
    expect(first.status).toBe(200);
    const inside = `/spec/other${'/0'.repeat(mostLevels - 11)}/-`;
    const second = await client.call('PATCH', path, {
      body: `[{"op":"add","path":"${inside}","value":${half}}]`,
      type: jsonPatch,
    });
    expect(second).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
  });
});

test('a JSON patch cannot fill the memory with copies of copies', async () => {
  await client.post(CONFIGMAPS, configMap('copied', { text: 'x'.repeat(1000) }));
  const doubling = Array.from({ length: 40 }, (_, index) => ({
    op: 'copy',
    from: '/data',
    path: `/data/copy${index}`,
  }));
  const answer = await client.call('PATCH', `${CONFIGMAPS}/copied`, { body: doubling, type: jsonPatch });
  expect(answer).toMatchObject({ status: 413, body: { reason: 'RequestEntityTooLarge' } });
});

test.each<[string, number]>([
  ['{}', 1],
  ['"{[{["', 0],
  ['{"a":[{"b":"]}"}]}', 3],
  [String.raw`["\"[[["]`, 1],
  ['"unfinished', 0],
])('%s has %i levels', (text, levels) => {
  expect(levelsOfJson(text)).toBe(levels);
});
