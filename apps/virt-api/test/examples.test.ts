import { expect, test } from 'vitest';
import { createPki } from './support/pki.ts';
import { createAndStart } from '../examples/embed.ts';

test('the example of the README runs', async () => {
  const { client } = await createPki();
  expect(await createAndStart(client)).toBe('Always');
});
