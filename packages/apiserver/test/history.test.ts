import { waitUntil } from '@virtkit/testing';
import { expect, test } from 'vitest';
import { startControlPlane } from '../src/index.ts';
import { Client } from './support/client.ts';
import { CONFIGMAPS, configMap } from './support/fixtures.ts';

const KIB = 1024;

test('history of large objects is kept up to a number of bytes, without waiting for its time', async () => {
  await using plane = await startControlPlane({ retention: { bytes: 4 * KIB * KIB } });
  await using client = new Client(plane);
  const { body } = await client.post(CONFIGMAPS, configMap('large', { text: 'x'.repeat(200 * KIB) }));
  const first = body.metadata.resourceVersion ?? '';
  let recent = '';
  for (let index = 0; index < 40; index += 1) {
    const changed = await client.merge(`${CONFIGMAPS}/large`, { data: { index: String(index) } });
    expect(changed.status).toBe(200);
    if (index === 37) recent = changed.body.metadata.resourceVersion ?? '';
  }
  await waitUntil('what has no room is forgotten', () => plane.metrics().compactedRevision > Number(first));
  // Each change is there with what was before it: 4 MiB are about ten of them.
  expect(plane.metrics().revision - plane.metrics().compactedRevision).toBeLessThan(15);
  expect((await client.get(`${CONFIGMAPS}?watch=true&resourceVersion=${first}`)).body).toMatchObject({
    code: 410,
    reason: 'Expired',
  });
  await using watch = await client.watch(`${CONFIGMAPS}?resourceVersion=${recent}`);
  expect((await watch.take(2)).map(({ object }) => object.data?.['index'])).toEqual(['38', '39']);
});

test('a watch that is far behind is told everything, however large it is', async () => {
  await using plane = await startControlPlane();
  await using client = new Client(plane);
  const { body } = await client.post(CONFIGMAPS, configMap('large', { text: 'x'.repeat(900 * KIB) }));
  for (let index = 0; index < 20; index += 1)
    await client.merge(`${CONFIGMAPS}/large`, { data: { index: String(index) } });
  await using watch = await client.watch(
    `${CONFIGMAPS}?resourceVersion=${body.metadata.resourceVersion ?? ''}`,
  );
  const told = (await watch.take(20)).map(({ object }) => Number(object.data?.['index']));
  expect(told).toEqual(Array.from({ length: 20 }, (_, index) => index));
});
