/** `main.ts document` writes the differences that clients see into docs/embedded-api-server.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { withClientsTable } from './document.ts';

const file = new URL('../../docs/embedded-api-server.md', import.meta.url);

if (process.argv[2] === 'document') {
  await writeFile(file, withClientsTable(await readFile(file, 'utf8')));
} else {
  console.error('usage: main.ts document');
  process.exitCode = 2;
}
