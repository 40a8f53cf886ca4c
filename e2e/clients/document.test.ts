import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withClientsTable } from './document.ts';

test('the document lists the differences that clients see', async () => {
  const text = await readFile(new URL('../../docs/embedded-api-server.md', import.meta.url), 'utf8');
  const howTo = 'node --conditions=@virtkit/source e2e/clients/main.ts document';
  expect(text, `made anew by ${howTo}`).toBe(withClientsTable(text));
});
