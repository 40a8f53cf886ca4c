import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify, SignJWT, UnsecuredJWT, decodeJwt, generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { startControlPlane } from '../src/index.ts';
import { Client } from './support/client.ts';
import { configMap, CONFIGMAPS, PODS, pod } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';
import { RBAC } from './support/users.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const SERVICE_ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';
const WHO = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

let now: Date | undefined;
const { plane, client } = await startPlane({ namespaceDefaults: true, now: () => now ?? new Date() });

interface WireUser {
  username: string;
  uid?: string;
  groups: string[];
  extra?: Record<string, string[]>;
}

async function whoIs(token: string, asked = client): Promise<WireUser> {
  const { body } = await asked.post(WHO, {}, { token });
  return (body.status as unknown as { userInfo: WireUser }).userInfo;
}

async function tokenOf(name: string, spec: object = {}): Promise<string> {
  const { body } = await client.post(`${SERVICE_ACCOUNTS}/${name}/token`, { spec });
  return (body.status as { token: string }).token;
}

async function account(name: string): Promise<string> {
  const { body } = await client.post(SERVICE_ACCOUNTS, { metadata: { name } });
  return body.metadata.uid;
}

const accepted = async (token: string) => (await client.post(WHO, {}, { token })).status === 201;

describe('client certificates', () => {
  test('name a user, his groups and his uid', async () => {
    const certificate = plane.issueClientCertificate({
      name: 'jane, the second',
      groups: ['staff', 'system:masters'],
      uid: 'u-1',
    });
    await using jane = new Client({ ...plane, token: '' }, certificate);
    const user = await whoIs('', jane);
    expect(user).toEqual({
      username: 'jane, the second',
      uid: 'u-1',
      groups: ['staff', 'system:masters', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [
          expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/) as string,
        ],
      },
    });
    expect((await jane.post(CONFIGMAPS, configMap('by-certificate'))).status).toBe(201);
  });

  test('of another authority are refused, and so are those of servers and those that have expired', async () => {
    await using other = await startControlPlane();
    const foreign = other.issueClientCertificate({ name: 'x', groups: ['system:masters'] });
    await using stranger = new Client({ ...plane, token: '' }, foreign);
    expect((await stranger.get('/version')).status).toBe(401);
    expect((await stranger.get(CONFIGMAPS, { token: plane.token })).status).toBe(200);
    const brief = plane.issueClientCertificate({ name: 'brief', expirationSeconds: 60 });
    await using passing = new Client({ ...plane, token: '' }, brief);
    expect((await passing.get('/api')).status).toBe(200);
    now = new Date(Date.now() + 61_000);
    expect((await passing.get('/api')).status).toBe(401);
    now = undefined;
  });

  test('are in kubeconfigs', async () => {
    const certificate = plane.issueClientCertificate({ name: 'jane' });
    const text = plane.kubeconfig({ user: 'jane', certificate });
    expect(text).toContain(`client-certificate-data: ${Buffer.from(certificate.cert).toString('base64')}`);
    expect(text).toContain('client-key-data');
    expect(text).not.toContain('token:');
  });

  test('a certificate without a name is not issued', () => {
    expect(() => plane.issueClientCertificate({ name: '' })).toThrow(
      expect.objectContaining({ code: 'InvalidConfiguration' }),
    );
  });
});

describe('tokens of service accounts', () => {
  test('are good for one hour, for this server, and name the account', async () => {
    const uid = await account('robot');
    const { body, status } = await client.post(`${SERVICE_ACCOUNTS}/robot/token`, {});
    expect(status).toBe(201);
    expect(body).toMatchObject({
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: 'robot', namespace: 'default' },
      spec: { audiences: [ISSUER], expirationSeconds: 3600, boundObjectRef: null },
    });
    const { token } = body.status as { token: string };
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({
      iss: ISSUER,
      sub: 'system:serviceaccount:default:robot',
      aud: [ISSUER],
      'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot', uid } },
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    expect(await whoIs(token)).toEqual({
      username: 'system:serviceaccount:default:robot',
      uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti ?? ''}`] },
    });
    expect((await client.get(CONFIGMAPS, { token })).status).toBe(403);
    await client.post(`${RBAC}/namespaces/default/rolebindings`, {
      metadata: { name: 'robot' },
      subjects: [{ kind: 'ServiceAccount', name: 'robot' }],
      roleRef: { kind: 'ClusterRole', name: 'view' },
    });
    expect((await client.get(CONFIGMAPS, { token })).status).toBe(200);
  });

  test('end with their time, a minute later at most', async () => {
    await account('mortal');
    const token = await tokenOf('mortal', { expirationSeconds: 600 });
    for (const [seconds, good] of [
      [599, true],
      [659, true],
      [662, false],
      [-62, false],
    ] as const) {
      now = new Date(Date.now() + seconds * 1000);
      expect([seconds, await accepted(token)]).toEqual([seconds, good]);
    }
    now = undefined;
  });

  test('end with the account, also if another gets its name', async () => {
    await account('ended');
    const token = await tokenOf('ended');
    expect(await accepted(token)).toBe(true);
    await client.delete(`${SERVICE_ACCOUNTS}/ended`);
    expect(await accepted(token)).toBe(false);
    await account('ended');
    expect(await accepted(token)).toBe(false);
  });

  test.each([
    [
      'Pod',
      PODS,
      pod('bound', { serviceAccountName: 'holder', nodeName: 'far' }),
      { 'pod-name': 'bound', 'node-name': 'far' },
    ],
    ['Secret', '/api/v1/namespaces/default/secrets', { metadata: { name: 'bound' } }, {}],
    ['Node', '/api/v1/nodes', { metadata: { name: 'bound' } }, { 'node-name': 'bound' }],
  ])('end with the %s that they are bound to', async (kind, path, object, extra) => {
    await client.post(SERVICE_ACCOUNTS, { metadata: { name: 'holder' } });
    const uid = (await client.post(path, object)).body.metadata.uid;
    const boundObjectRef = { apiVersion: 'v1', kind, name: 'bound' };
    const token = await tokenOf('holder', { boundObjectRef: { ...boundObjectRef, uid } });
    const user = await whoIs(token);
    for (const [name, value] of Object.entries(extra))
      expect(user.extra?.[`authentication.kubernetes.io/${name}`]).toEqual([value]);
    await client.delete(`${path}/bound`, { gracePeriodSeconds: 0 });
    expect(await accepted(token)).toBe(false);
    await client.post(path, object);
    expect(await accepted(token)).toBe(false);
    const again = { spec: { boundObjectRef: { ...boundObjectRef, uid } } };
    expect((await client.post(`${SERVICE_ACCOUNTS}/holder/token`, again)).status).toBe(409);
    await client.delete(`${path}/bound`, { gracePeriodSeconds: 0 });
    expect((await client.post(`${SERVICE_ACCOUNTS}/holder/token`, again)).status).toBe(404);
  });

  test('for others are not taken here, but by those who ask for them', async () => {
    await account('travelled');
    const token = await tokenOf('travelled', { audiences: ['vault', 'other'] });
    expect(await accepted(token)).toBe(false);
    const review = async (audiences: string[]) =>
      (await client.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token, audiences } })).body
        .status;
    expect(await review(['vault'])).toMatchObject({
      authenticated: true,
      audiences: ['vault'],
      user: { username: 'system:serviceaccount:default:travelled' },
    });
    const refused = await review([]);
    expect(refused.authenticated).toBeUndefined();
    expect(refused.error).toMatch(/is invalid for the target audiences/);
  });

  test.each([
    ['too short', { expirationSeconds: 599 }, 422],
    ['too long', { expirationSeconds: 2 ** 33 }, 422],
    ['for no number of seconds', { expirationSeconds: 'x' }, 400],
    ['bound to another kind', { boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' } }, 400],
    ['bound to what is not there', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'x' } }, 404],
  ])('a token %s is refused', async (_name, spec, status) => {
    const { body } = await client.post(`${SERVICE_ACCOUNTS}/default/token`, { spec });
    expect(body).toMatchObject({ code: status });
  });

  test('a request for a token says of its account what its path says, or nothing', async () => {
    const ask = async (metadata: object) =>
      (await client.post(`${SERVICE_ACCOUNTS}/default/token`, { metadata, spec: {} })).status;
    const statuses = [];
    for (const metadata of [
      { name: 'default', namespace: 'default', labels: { a: 'b' } },
      { name: 'other' },
      { namespace: 'other' },
      { uid: 'other' },
    ])
      statuses.push(await ask(metadata));
    expect(statuses).toEqual([201, 422, 400, 409]);
  });

  test('a token of an account that is not there, or for a pod of another account, is refused', async () => {
    expect((await client.post(`${SERVICE_ACCOUNTS}/absent/token`, {})).status).toBe(404);
    await client.post(PODS, pod('of-default'));
    await account('else');
    const spec = { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'of-default' } };
    expect((await client.post(`${SERVICE_ACCOUNTS}/else/token`, { spec })).body.message).toContain(
      'cannot bind token for serviceaccount "else"',
    );
  });

  test('forged ones are not taken', async () => {
    const token = await tokenOf('default');
    const [header = '', , signature = ''] = token.split('.');
    const claims = decodeJwt(token);
    const { privateKey } = await generateKeyPair('ES256');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = {
      'claims changed': `${header}.${encode({ ...claims, sub: 'x' })}.${signature}`,
      'signed by another': await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
      'signed with a password': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from('x'.repeat(32))),
      'not signed': new UnsecuredJWT(claims).encode(),
      'cut off': token.slice(0, -10),
    };
    for (const [how, wrong] of Object.entries(forged))
      expect([how, await accepted(wrong)]).toEqual([how, false]);
    expect(await accepted(token)).toBe(true);
  });

  test('others can check them with the published key', async () => {
    const reader = plane.issueToken({ name: 'reader', groups: ['system:serviceaccounts'] });
    const { body } = await client.get('/.well-known/openid-configuration', { token: reader });
    expect(body).toMatchObject({ issuer: ISSUER, jwks_uri: `${plane.url}/openid/v1/jwks` });
    const response = await client.get('/openid/v1/jwks', { token: reader });
    expect(response.headers['content-type']).toBe('application/jwk-set+json');
    const keys = JSON.parse((response.body as unknown as { text: string }).text) as Parameters<
      typeof createLocalJWKSet
    >[0];
    const { payload } = await jwtVerify(await tokenOf('default'), createLocalJWKSet(keys), {
      issuer: ISSUER,
    });
    expect(payload.sub).toBe('system:serviceaccount:default:default');
    expect((await client.get('/openid/v1/jwks', { token: '' })).status).toBe(403);
  });

  test('tokens and certificates stay good over a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'virtkit-authentication-'));
    let token: string;
    let certificate: { cert: string; key: string };
    {
      await using first = await startControlPlane({ dataDir, namespaceDefaults: true });
      await using asked = new Client(first);
      const made = await asked.post(`${SERVICE_ACCOUNTS}/default/token`, {});
      ({ token } = made.body.status as { token: string });
      certificate = first.issueClientCertificate({ name: 'jane' });
    }
    await using second = await startControlPlane({ dataDir });
    await using again = new Client(second);
    expect((await whoIs(token, again)).username).toBe('system:serviceaccount:default:default');
    await using jane = new Client({ ...second, token: '' }, certificate);
    expect((await whoIs('', jane)).username).toBe('jane');
    await rm(dataDir, { recursive: true });
  });
});
