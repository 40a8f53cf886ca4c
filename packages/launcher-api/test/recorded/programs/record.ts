// Records what a launcher of an older version answers to the present client, so that it can be asked again when that version is
// long gone: record.ts CHECKOUT FILE, with a checkout of the older version whose npm packages are installed.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type * as HalMock from '@virtkit/hal-mock';
import { connectLauncher } from '@virtkit/launcher-api';
import type * as LauncherApi from '@virtkit/launcher-api';
import { dialogue, promptGuest } from '../dialogue.ts';
import type { Exchange } from '../transcript.ts';

const [checkout = '.', file = ''] = process.argv.slice(2);
const former = async <T>(name: string): Promise<T> =>
  (await import(resolve(checkout, 'packages', name, 'src/index.ts'))) as T;
const { serveLauncher } = await former<typeof LauncherApi>('launcher-api');
const { createMockHypervisor, MockHost } = await former<typeof HalMock>('hal-mock');

const folder = mkdtempSync(join(tmpdir(), 'record-'));
const sockets = { launcher: join(folder, 'launcher-sock'), recorder: join(folder, 'recorder-sock') };
const exchanges: Exchange[] = [];

async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function pass(given: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { method = '', url = '', headers } = given;
  const asked = await read(given);
  const forwarded = request({ socketPath: sockets.launcher, method, path: url, headers });
  forwarded.end(asked);
  const [response] = (await once(forwarded, 'response')) as [IncomingMessage];
  const body = await read(response);
  const { statusCode: status = 0 } = response;
  exchanges.push({
    request: { method, url, ...(asked !== '' && { body: JSON.parse(asked) as unknown }) },
    response: { status, version: String(response.headers['virtkit-launcher-api']), body },
  });
  answer.writeHead(status, response.headers).end(body);
}

const recorder = createServer((given, answer) => void pass(given, answer)).listen(sockets.recorder);
try {
  await once(recorder, 'listening');
  await using hypervisor = await createMockHypervisor({ host: new MockHost({ behaviour: promptGuest }) });
  await using _server = await serveLauncher({
    hypervisor,
    socketPath: sockets.launcher,
    vmi: { namespace: 'default', name: 'small', uid: '11111111-2222-3333-4444-555555555555' },
    facts: async () => ({ volumes: {}, hardwareVirtualization: { state: 'usable' } }),
    configureDhcp: async () => undefined,
  });
  await using client = await connectLauncher({ socketPath: sockets.recorder });
  console.log(await dialogue(client));
} finally {
  recorder.closeAllConnections();
  recorder.close();
  rmSync(folder, { recursive: true });
}
// What depends on the moment is not what the version makes out.
for (const { response } of exchanges)
  response.body = response.body
    .replace(/"pid":\d+/, '"pid":1')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-01-01T00:00:00.000Z');
writeFileSync(file, `${JSON.stringify(exchanges, null, 2)}\n`);
