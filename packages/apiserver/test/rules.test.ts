import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules, validateRules } from '../src/cel/rules.ts';
import { startControlPlane, type ControlPlane } from '../src/index.ts';
import type { Schema } from '../src/schema/types.ts';
import { Client } from './support/client.ts';
import { widget, widgetDefinition, WIDGETS } from './support/fixtures.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const { numRuns = 100, seed = Date.now() } = fc.readConfigureGlobal();

/** What a rule about `spec` says of an object, as text; empty if it holds. */
function said(rule: string, spec: unknown, schema: Schema, old?: unknown): string {
  const rules = compileRules({
    type: 'object',
    properties: { spec: { ...schema, 'x-kubernetes-validations': [{ rule }] } },
  });
  expect(rules).toBeDefined();
  const before = old === undefined ? undefined : { spec: old };
  return validateRules(rules!, { spec }, before, [])
    .map(({ field = '', message }) => `${field}: ${message}`)
    .join('; ');
}

const point: Schema = { type: 'object', properties: { x: { type: 'integer' }, y: { type: 'integer' } } };

describe('one rule', () => {
  test.each([
    ['self.x < self.y', { x: 1, y: 2 }, ''],
    ['self.x < self.y', { x: 2, y: 2 }, 'spec: Invalid value: failed rule: self.x < self.y'],
    [
      'self.x < self.y',
      { x: 2 },
      'spec: Invalid value: "object": no such key: y evaluating rule: self.x < self.y',
    ],
    [
      '10 / self.x > 1',
      { x: 0 },
      'spec: Invalid value: "object": division by zero evaluating rule: 10 / self.x > 1',
    ],
    ['!has(self.y) || self.y > 0', {}, ''],
    ['self.x == 1 || 1 / self.x > 0', { x: 1 }, ''],
    ['10 / self.x > 0 || self.x == 0', { x: 0 }, ''],
    ['self.?y.orValue(7) == 7', {}, ''],
    ["['a', 'b'].all(i, v, i < 2)", {}, ''],
    ["quantity('1Gi').isGreaterThan(quantity('1G'))", {}, ''],
    ["ip('2001:db8::1').family() == 6 && cidr('10.0.0.0/8').containsIP('10.9.9.9')", {}, ''],
    ["url('https://a.b:81/c?d=e').getPort() == '81'", {}, ''],
    ["semver('1.10.0').isGreaterThan(semver('1.9.0'))", {}, ''],
    ["'a1b22'.findAll('[0-9]+') == ['1', '22']", {}, ''],
    ["'%s is %d'.format(['x', 3]) == 'x is 3'", {}, ''],
    ["timestamp('2024-02-29T12:00:00Z').getMonth() == 1", {}, ''],
    ["duration('90m').getHours() == 1", {}, ''],
    ["!format.dns1123Label().validate('a-b').hasValue()", {}, ''],
    ['sets.equivalent([1, 2], [2, 1, 1])', {}, ''],
    ['[3, 1, 2].sort() == [1, 2, 3]', {}, ''],
  ])('%s of %j', (rule, spec, message) => {
    expect(said(rule, spec, point)).toBe(message);
  });

  test('a set has no order, and a list with keys neither', () => {
    const set: Schema = { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' };
    expect(said('self == oldSelf', ['a', 'b'], set, ['b', 'a'])).toBe('');
    const keyed: Schema = {
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string' }, value: { type: 'integer' } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    };
    const [a, b] = [
      { name: 'a', value: 1 },
      { name: 'b', value: 2 },
    ];
    expect(said('self == oldSelf', [a, b], keyed, [b, a])).toBe('');
    expect(said('self == oldSelf', [a, b], keyed, [b, { ...a, value: 3 }])).not.toBe('');
  });

  test('integers overflow where 64 bits end, whatever the numbers are', () => {
    const int = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
    fc.assert(
      fc.property(int, int, (a, b) => {
        const sum = a + b;
        const fits = sum >= -(2n ** 63n) && sum < 2n ** 63n;
        const message = said(`(${a}) + (${b}) == ${fits ? sum : 0n}`, {}, point);
        expect(message.includes('integer overflow')).toBe(!fits);
        if (fits) expect(message).toBe('');
      }),
      { numRuns, seed },
    );
  });

  test('strings are cut between characters, whatever they consist of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (text) => {
        const literal = JSON.stringify(text);
        const length = Array.from(text).length;
        expect(said(`size(${literal}) == ${length}`, {}, point)).toBe('');
        const cut = Math.floor(length / 2);
        expect(
          said(`${literal}.substring(0, ${cut}) + ${literal}.substring(${cut}) == ${literal}`, {}, point),
        ).toBe('');
      }),
      { numRuns, seed },
    );
  });

  test('a rule that costs too much is cut off', () => {
    const list: Schema = { type: 'array', items: { type: 'integer' } };
    const items = Array.from({ length: 2000 }, (_, at) => at);
    expect(said('self.all(a, self.all(b, self.all(c, a + b + c >= 0)))', items, list)).toContain(
      'call cost exceeds limit',
    );
  });
});

describe('rules on the server', () => {
  let plane: ControlPlane;
  let client: Client;

  beforeAll(async () => {
    const definition = widgetDefinition();
    const spec = definition.spec.versions[0]!.schema!.openAPIV3Schema!.properties!.spec!;
    spec['x-kubernetes-validations'] = [
      { rule: "self.colour != 'green' || self.size > 5", message: 'green is big', fieldPath: '.size' },
      { rule: 'self.size >= oldSelf.size', messageExpression: "'was %d'.format([oldSelf.size])" },
    ];
    spec.properties!.word = { type: 'string', pattern: String.raw`^(?P<first>\pL)+$` };
    plane = await startControlPlane({ crds: [definition] });
    client = new Client(plane);
  });

  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await plane.stop();
  });

  test('a rule that does not hold refuses a new object at its field', async () => {
    const { status, body } = await client.post(WIDGETS, widget('green', { size: 3, colour: 'green' }));
    expect(status).toBe(422);
    expect(body.details.causes).toEqual([
      { reason: 'FieldValueInvalid', field: 'spec.size', message: 'Invalid value: green is big' },
    ]);
  });

  test('a rule compares with what was, through PUT and PATCH', async () => {
    expect((await client.post(WIDGETS, widget('grows', { size: 4 }))).status).toBe(201);
    const shrunk = await client.put(`${WIDGETS}/grows`, {
      ...(await client.get(`${WIDGETS}/grows`)).body,
      spec: { size: 3 },
    });
    expect(shrunk.body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'spec', message: 'Invalid value: was 4' }] },
    });
    const path = `${WIDGETS}/grows`;
    expect((await client.merge(path, { spec: { size: 2 } })).status).toBe(422);
    expect((await client.merge(path, { spec: { size: 5 } })).status).toBe(200);
  });

  test('rules are not asked where the schema is violated already', async () => {
    const { body } = await client.post(WIDGETS, widget('both', { colour: 'green' }));
    expect(body.details.causes.map(({ field }) => field)).toEqual(['spec.size', '<nil>']);
  });

  test('patterns are regular expressions of RE2', async () => {
    expect((await client.post(WIDGETS, widget('letters', { size: 1, word: 'héé' }))).status).toBe(201);
    expect((await client.post(WIDGETS, widget('digits', { size: 1, word: 'h1' }))).status).toBe(422);
  });

  test('a definition whose rules do not compile is refused with the place', async () => {
    const definition = widgetDefinition();
    definition.metadata.name = 'gears.example.com';
    definition.spec.names = { plural: 'gears', kind: 'Gear' };
    definition.spec.versions[0]!.schema!.openAPIV3Schema!.properties!.spec!['x-kubernetes-validations'] = [
      { rule: 'self.size > self.teeth' },
    ];
    const { status, body } = await client.post(DEFINITIONS, definition);
    expect(status).toBe(422);
    expect(body.message).toContain("ERROR: <input>:1:17: undefined field 'teeth'");
    expect(body.details.causes[0]?.field).toBe(
      'spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule',
    );
  });

  test('a definition that becomes stricter leaves alone what is not changed', async () => {
    const definition = widgetDefinition();
    definition.metadata.name = 'lids.example.com';
    definition.spec.names = { plural: 'lids', kind: 'Lid' };
    const lids = '/apis/example.com/v1/namespaces/default/lids';
    const lid = { apiVersion: 'example.com/v1', kind: 'Lid', metadata: { name: 'old' }, spec: { size: 9 } };
    expect((await client.post(DEFINITIONS, definition)).status).toBe(201);
    expect((await client.post(lids, lid)).status).toBe(201);
    const size = definition.spec.versions[0]!.schema!.openAPIV3Schema!.properties!.spec!.properties!.size!;
    size.maximum = 5;
    size['x-kubernetes-validations'] = [{ rule: 'self < 5', message: 'no longer' }];
    const { body: current } = await client.get(`${DEFINITIONS}/lids.example.com`);
    const changed = { ...definition, metadata: current.metadata };
    expect((await client.put(`${DEFINITIONS}/lids.example.com`, changed)).status).toBe(200);
    const coloured = await client.merge(`${lids}/old`, { spec: { colour: 'green' } });
    expect(coloured.status).toBe(200);
    expect(coloured.headers.warning).toContain('no longer');
    expect((await client.merge(`${lids}/old`, { spec: { size: 8 } })).status).toBe(422);
    expect((await client.merge(`${lids}/old`, { spec: { size: 4 } })).status).toBe(200);
  });
});
