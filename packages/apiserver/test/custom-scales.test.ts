import { beforeAll, describe, expect, test } from 'vitest';
import { widget, widgetDefinition, WIDGETS } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const { client } = await startPlane();

beforeAll(async () => {
  const definition = widgetDefinition();
  // So that there are objects which say no number.
  const spec = definition.spec.versions[0]!.schema!.openAPIV3Schema!.properties!.spec!;
  spec.properties!.replicas = { type: 'integer' };
  await client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
});

let count = 0;

/** A new widget: the path of it. */
async function made(spec: Record<string, unknown> = {}): Promise<string> {
  count += 1;
  const { status } = await client.post(WIDGETS, widget(`scaled-${count}`, { size: 3, ...spec }));
  expect(status).toBe(201);
  return `${WIDGETS}/scaled-${count}`;
}

describe('the scale of an object that says no number of replicas', () => {
  test('cannot be read', async () => {
    const { body } = await client.get(`${await made()}/scale`);
    expect(body).toMatchObject({
      code: 500,
      message: 'Internal error occurred: the spec replicas field ".spec.replicas" does not exist',
    });
  });

  test('takes a patch with a number, which the object says from then on', async () => {
    const path = await made();
    const { status } = await client.merge(`${path}/scale`, { spec: { replicas: 3 } });
    expect(status).toBe(200);
    expect((await client.get(path)).body.spec).toEqual({ size: 3, colour: 'red', replicas: 3 });
  });

  test('refuses a patch that says no number either', async () => {
    const { body } = await client.merge(`${await made()}/scale`, { metadata: { labels: { a: 'b' } } });
    expect(body).toMatchObject({
      reason: 'BadRequest',
      message: 'the spec replicas field ".spec.replicas" cannot be empty',
    });
  });
});

describe('a number that no scale can tell is refused', () => {
  test.each([
    ['-1 by the scale', '/scale', { spec: { replicas: -1 } }, '.spec.replicas'],
    ['-1 by the object', '', { spec: { replicas: -1 } }, '.spec.replicas'],
    ['2^31 by the object', '', { spec: { replicas: 2 ** 31 } }, '.spec.replicas'],
    ['-1 by its status', '/status', { status: { replicas: -1 } }, '.status.replicas'],
    ['2^31 by its status', '/status', { status: { replicas: 2 ** 31 } }, '.status.replicas'],
  ])('%s', async (_what, subresource, change, field) => {
    const path = await made({ replicas: 2 });
    const { status, body } = await client.merge(`${path}${subresource}`, change);
    expect(status).toBe(422);
    expect(body).toMatchObject({ kind: 'Status', details: { kind: 'Widget', causes: [{ field }] } });
    expect((await client.get(path)).body.spec).toMatchObject({ replicas: 2 });
  });

  test('the greatest one is taken', async () => {
    const path = await made();
    const { body } = await client.merge(path, { spec: { replicas: 2 ** 31 - 1 } });
    expect(body.spec).toMatchObject({ replicas: 2_147_483_647 });
  });
});
