import { resources, type ResourceDefinition } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { randomDocument, seededRandom } from '../src/documents.ts';

const kinds = Object.values<ResourceDefinition<unknown>>(resources).filter(
  ({ schema }) => schema !== undefined,
);

test.each(kinds.map(({ kind, schema }) => ({ kind, schema: schema! })))(
  'documents of $kind have the form that their schema wants',
  ({ schema }) => {
    for (let seed = 0; seed < 40; seed += 1) {
      const document = randomDocument(schema, seededRandom(seed), { density: (seed % 10) / 10 });
      const { error } = schema.safeParse(document);
      // What members have to do with each other is a rule, not a form.
      expect(error?.issues.filter(({ code }) => code !== 'custom') ?? []).toEqual([]);
    }
  },
);

test('the same seed gives the same document, another one another', () => {
  const { schema } = resources.virtualMachines;
  const made = (seed: number) => randomDocument(schema!, seededRandom(seed), { density: 0.5 });
  expect(made(7)).toEqual(made(7));
  expect(made(7)).not.toEqual(made(8));
});

test('every optional member is there when all are asked for', () => {
  const { schema } = resources.virtualMachineInstances;
  const document = randomDocument(schema!, seededRandom(1), { density: 1, items: 1 });
  expect(document).toHaveProperty('spec.domain.features.hyperv.synictimer.direct');
});

test('a schema that nothing can be made for is named', () => {
  const impossible = z.looseObject({ never: z.never() });
  expect(() => randomDocument(impossible, seededRandom(1))).toThrow('.never: ');
});
