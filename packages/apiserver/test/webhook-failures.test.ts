import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { generateCertificates, startControlPlane, type ControlPlane } from '../src/index.ts';
import { Client } from './support/client.ts';
import { CONFIGMAPS, configMap } from './support/fixtures.ts';
import {
  configuration,
  json,
  MUTATING,
  patch,
  VALIDATING,
  webhook,
  WebhookServer,
} from './support/webhook-server.ts';

let plane: ControlPlane;
let client: Client;
let server: WebhookServer;

beforeAll(async () => {
  server = await WebhookServer.start();
  plane = await startControlPlane();
  client = new Client(plane);
});

afterEach(async () => {
  await client.delete(MUTATING);
  await client.delete(VALIDATING);
  await client.delete(CONFIGMAPS);
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await plane.stop();
  await server[Symbol.asyncDispose]();
});

const NAME = 'hostile.example.com';

/** Each makes the server's path `/hostile` misbehave, and says what the client is told after `failed calling webhook`. */
const MISBEHAVIOUR: Record<string, { behave: () => void; says: string | RegExp; mutatingOnly?: boolean }> = {
  'never answers': {
    behave: () => server.raw('/hostile', () => undefined),
    says: /failed to call webhook: Post "https:\/\/127\.0\.0\.1:\d+\/hostile\?timeout=1s": context deadline exceeded/,
  },
  'begins to answer and hangs': {
    behave: () => server.raw('/hostile', (_request, response) => void response.write('{')),
    says: /context deadline exceeded/,
  },
  'answers without end': {
    behave: () =>
      server.raw('/hostile', (_request, response) => {
        const block = 'x'.repeat(1024 * 1024);
        const more = () => {
          while (!response.destroyed && response.write(block));
        };
        response.on('drain', more);
        more();
      }),
    says: /the answer is larger than 16777216 bytes|context deadline exceeded/,
  },
  'answers with an error': {
    behave: () =>
      server.raw('/hostile', (_request, response) => void response.writeHead(500).end('out of luck')),
    says: 'failed to call webhook: an error on the server ("out of luck") has prevented the request from succeeding',
  },
  'is not there': {
    behave: () => server.raw('/hostile', (_request, response) => void response.writeHead(404).end()),
    says: 'failed to call webhook: the server could not find the requested resource',
  },
  'sends the caller elsewhere': {
    behave: () =>
      server.raw('/hostile', (_request, response) => {
        response.writeHead(307, { location: server.config('/elsewhere').url }).end();
      }),
    says: 'failed to call webhook: the server responded with the status code 307',
  },
  'answers with something else than JSON': {
    behave: () => server.raw('/hostile', (_request, response) => void response.end('<html>')),
    says: 'failed to call webhook: the answer is not JSON',
  },
  'answers nothing': {
    behave: () => server.raw('/hostile', (_request, response) => json(response, { response: null })),
    says: 'received invalid webhook response: webhook response was absent',
  },
  'answers another request': {
    behave: () => server.on('/hostile', () => ({ uid: 'other', allowed: true })),
    says: /received invalid webhook response: expected response\.uid="[-0-9a-f]{36}", got "other"/,
  },
  'answers in another version': {
    behave: () => server.on('/hostile', () => ({ apiVersion: 'admission.k8s.io/v1beta1', allowed: true })),
    says: 'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got admission.k8s.io/v1beta1',
  },
  'says neither yes nor no': {
    behave: () => server.on('/hostile', () => ({ allowed: 'maybe' })),
    says: 'response.allowed is not a boolean',
  },
  'hangs up': {
    behave: () => server.raw('/hostile', (request) => void request.socket.destroy()),
    says: /failed to call webhook: Post .*: EOF/,
  },
  'sends a patch that is none': {
    behave: () => server.on('/hostile', () => ({ ...patch(), patch: Buffer.from('{').toString('base64') })),
    says: 'received undecodable patch in webhook response',
    mutatingOnly: true,
  },
  'sends a patch of an unknown type': {
    behave: () => server.on('/hostile', () => ({ ...patch({}), patchType: 'Magic' })),
    says: 'unsupported patch type "Magic"',
    mutatingOnly: true,
  },
};

describe.each(['Mutating', 'Validating'] as const)('a %s webhook that', (kind) => {
  const cases = Object.entries(MISBEHAVIOUR).filter(
    ([, { mutatingOnly }]) => mutatingOnly !== true || kind === 'Mutating',
  );

  test.each(cases)(
    '%s fails the request, or is passed over if that is its policy',
    async (_what, { behave, says }) => {
      behave();
      const path = kind === 'Mutating' ? MUTATING : VALIDATING;
      const hook = webhook(NAME, server.config('/hostile'), { timeoutSeconds: 1 });
      await client.post(path, configuration(kind, 'hostile', hook));
      const refused = await client.post(CONFIGMAPS, configMap('c'));
      expect(refused.status).toBe(500);
      expect(refused.body).toMatchObject({ reason: 'InternalError', details: { causes: [{}] } });
      expect(refused.body.message).toContain(`Internal error occurred: failed calling webhook "${NAME}": `);
      expect(refused.body.message).toEqual(
        typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says),
      );
      await client.merge(`${path}/hostile`, { webhooks: [{ ...hook, failurePolicy: 'Ignore' }] });
      expect((await client.post(CONFIGMAPS, configMap('c'))).status).toBe(201);
    },
  );
});

describe('a webhook', () => {
  async function messageWith(config: object): Promise<unknown> {
    await client.post(
      VALIDATING,
      configuration('Validating', 'x', webhook(NAME, config, { timeoutSeconds: 2 })),
    );
    return (await client.post(CONFIGMAPS, configMap('c'))).body.message;
  }

  test('whose certificate is signed by another authority is not told anything', async () => {
    server.on('/secret', () => ({ allowed: true }));
    const { ca } = await generateCertificates();
    expect(await messageWith(server.config('/secret', ca))).toContain(
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    );
    expect(server.reviews.filter(({ path }) => path === '/secret')).toEqual([]);
  });

  test('whose certificate has another name is not told anything', async () => {
    await using other = await WebhookServer.start({ names: ['elsewhere.example.com'] });
    other.on('/secret', () => ({ allowed: true }));
    expect(await messageWith(other.config('/secret'))).toContain('tls: failed to verify certificate: x509: ');
    expect(other.reviews).toEqual([]);
  });

  test('that nothing listens for is told apart', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    const { port } = unused.address() as AddressInfo;
    await new Promise((resolve) => unused.close(resolve));
    expect(await messageWith({ ...server.config('/x'), url: `https://127.0.0.1:${port}/x` })).toContain(
      `dial tcp 127.0.0.1:${port}: connect: connection refused`,
    );
  });

  test('with a bundle that holds no certificate fails', async () => {
    server.on('/bundle', () => ({ allowed: true }));
    expect(await messageWith({ ...server.config('/bundle'), caBundle: 'bm9uc2Vuc2U=' })).toContain(
      `failed calling webhook "${NAME}": failed to call webhook: Post `,
    );
  });

  test.each([
    ['destroys the object', { op: 'remove', path: '/metadata' }],
    ['changes the kind', { op: 'replace', path: '/kind', value: 'Secret' }],
    ['does not apply', { op: 'remove', path: '/data/missing' }],
    ['fails its own test', { op: 'test', path: '/data/x', value: 'z' }],
  ])('whose patch %s fails the request whatever its policy', async (_what, operation) => {
    server.on('/patch', () => patch(operation));
    await client.post(
      MUTATING,
      configuration('Mutating', 'p', webhook(NAME, server.config('/patch'), { failurePolicy: 'Ignore' })),
    );
    const { status, body } = await client.post(CONFIGMAPS, configMap('c', { x: 'y' }));
    expect(status).toBe(500);
    expect(body.message).toContain('Internal error occurred: ');
  });
});
