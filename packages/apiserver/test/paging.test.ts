import { beforeAll, expect, test } from 'vitest';
import { CONFIGMAPS, configMap } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const { plane, client } = await startPlane();

beforeAll(async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await client.post(CONFIGMAPS, configMap(name, { v: '0' }));
});

interface Named {
  metadata: { name: string };
  data?: Record<string, string>;
}

test('pages show one revision although objects change between them', async () => {
  const first = (await client.get(`${CONFIGMAPS}?limit=2`)).body;
  expect(first.metadata.remainingItemCount).toBe(3);
  await client.delete(`${CONFIGMAPS}/c`);
  await client.merge(`${CONFIGMAPS}/d`, { data: { v: '1' } });
  await client.post(CONFIGMAPS, configMap('bb'));
  const second = (await client.get(`${CONFIGMAPS}?limit=2&continue=${first.metadata.continue}`)).body;
  const third = (await client.get(`${CONFIGMAPS}?limit=2&continue=${second.metadata.continue}`)).body;
  const items: Named[] = [...first.items, ...second.items, ...third.items];
  expect(items.map((item) => item.metadata.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(items.map((item) => item.data?.v)).toEqual(['0', '0', '0', '0', '0']);
  expect(new Set([first, second, third].map((page) => page.metadata.resourceVersion)).size).toBe(1);
  expect(third.metadata.continue).toBeUndefined();
  const exact = await client.get(
    `${CONFIGMAPS}?resourceVersionMatch=Exact&resourceVersion=${first.metadata.resourceVersion}`,
  );
  expect(exact.body.items.map((item: Named) => item.metadata.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a full page of what a selector selects is followed by another one, but not one object by its name', async () => {
  const names = async (query: string) => {
    const { items, metadata } = (await client.get(`${CONFIGMAPS}?limit=1&${query}`)).body;
    return [items.map((item: Named) => item.metadata.name), metadata.continue !== undefined];
  };
  expect(await names('fieldSelector=metadata.name!%3Db')).toEqual([['a'], true]);
  expect(await names('fieldSelector=metadata.name%3Da')).toEqual([['a'], false]);
  const page = (await client.get(`${CONFIGMAPS}?limit=1&labelSelector=!absent`)).body;
  expect(page.metadata.remainingItemCount).toBeUndefined();
});

test('an expired token is answered with 410 and a token to go on with', async () => {
  const first = (await client.get(`${CONFIGMAPS}?limit=2`)).body;
  await client.post(CONFIGMAPS, configMap('z'));
  plane.compact({ revisions: 0, ageMs: 0 });
  const expired = await client.get(`${CONFIGMAPS}?limit=2&continue=${first.metadata.continue}`);
  expect(expired.body).toMatchObject({ code: 410, reason: 'Expired' });
  const rest = await client.get(`${CONFIGMAPS}?continue=${expired.body.metadata.continue}`);
  expect(rest.body.items.map((item: Named) => item.metadata.name)).toEqual(['bb', 'd', 'e', 'z']);
});

test.each([
  ['continue=nonsense', 400],
  [`continue=${Buffer.from('[999999,"",""]').toString('base64url')}`, 400],
  ['resourceVersionMatch=Exact', 422],
  ['resourceVersionMatch=Newest&resourceVersion=1', 422],
  ['resourceVersionMatch=Exact&resourceVersion=0', 422],
  ['limit=many', 400],
  ['resourceVersion=999999', 504],
  ['resourceVersion=0', 200],
])('list with %s is answered with %i', async (query, status) => {
  expect((await client.get(`${CONFIGMAPS}?${query}`)).status).toBe(status);
});

test.each([
  ['kind=a', ['s1', 's2']],
  ['kind!=a', ['s3']],
  ['kind in (a,b),tier notin (x)', ['s2', 's3']],
  ['tier', ['s1', 's3']],
  ['!tier', ['s2']],
  ['level>1', ['s2']],
])('label selector %s selects %j', async (selector, names) => {
  await client.post('/api/v1/namespaces', { metadata: { name: 'select' } });
  const path = '/api/v1/namespaces/select/configmaps';
  await client.post(path, configMap('s1', {}, { labels: { kind: 'a', tier: 'x', level: '1' } }));
  await client.post(path, configMap('s2', {}, { labels: { kind: 'a', level: '2' } }));
  await client.post(path, configMap('s3', {}, { labels: { kind: 'b', tier: 'y' } }));
  const { body } = await client.get(`${path}?labelSelector=${encodeURIComponent(selector)}`);
  expect(body.items.map((item: Named) => item.metadata.name)).toEqual(names);
});
