import { reviewOf, sendJson, type Behaviour, type Json } from './behaviour.ts';

const admission =
  (answer: Json, outer: Json = {}): Behaviour =>
  (received, response) => {
    const { apiVersion, request } = reviewOf(received);
    sendJson(response, {
      apiVersion,
      kind: 'AdmissionReview',
      response: { uid: request.uid, ...answer },
      ...outer,
    });
  };

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const patching = (...operations: Json[]): Behaviour =>
  admission({ allowed: true, patchType: 'JSONPatch', patch: base64(JSON.stringify(operations)) });

const denial = (status: Json): Behaviour => admission({ allowed: false, status });

/** The webhooks of a remote server, by the last part of their paths. */
export const admissionAnswers: Readonly<Record<string, Behaviour>> = {
  allow: admission({ allowed: true }),
  'allow-status': admission({ allowed: true, status: { message: 'not to be seen' } }),
  'allow-warning': admission({ allowed: true, warnings: ['be careful', 'really', '', 'be careful'] }),
  'allow-annotations': admission({ allowed: true, auditAnnotations: { key: 'value' } }),
  deny: admission({ allowed: false }),
  'deny-warning': admission({ allowed: false, warnings: ['told you'] }),
  'deny-message': denial({ message: 'no' }),
  'deny-reason': denial({ reason: 'Conflict' }),
  'deny-code': denial({ code: 429, message: 'later', reason: 'TooManyRequests' }),
  'deny-odd-code': denial({ code: 299, message: 'odd' }),
  'deny-details': denial({
    code: 422,
    reason: 'Invalid',
    message: 'bad',
    details: {
      kind: 'Thing',
      name: 'x',
      causes: [{ reason: 'FieldValueInvalid', field: 'data', message: 'm' }],
    },
  }),
  'deny-success': denial({ status: 'Success', code: 200, message: 'fine' }),
  'no-response': admission({}, { response: undefined }),
  'wrong-uid': admission({ allowed: true, uid: 'wrong' }),
  'no-uid': admission({ allowed: true, uid: undefined }),
  'wrong-version': admission({ allowed: true }, { apiVersion: 'admission.k8s.io/v1beta1' }),
  'no-version': admission({ allowed: true }, { apiVersion: undefined }),
  'wrong-kind': admission({ allowed: true }, { kind: 'Other' }),
  'wrong-type': admission({ allowed: 'yes' }),
  'not-json': (_, response) => void response.writeHead(200).end('certainly'),
  'no-body': (_, response) => void response.writeHead(200).end(),
  list: (_, response) => sendJson(response, []),
  'http-204': (_, response) => void response.writeHead(204).end(),
  'http-302': (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end(),
  'http-400': (_, response) => void response.writeHead(400).end('bad'),
  'http-401': (_, response) => void response.writeHead(401).end(),
  'http-403': (_, response) => void response.writeHead(403).end('not you'),
  'http-500': (_, response) => void response.writeHead(500).end('out of luck'),
  'http-503': (_, response) => void response.writeHead(503).end('later'),
  'http-500-status': (_, response) =>
    sendJson(
      response,
      {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        message: 'm',
        reason: 'InternalError',
        code: 500,
      },
      500,
    ),
  hang: () => undefined,
  'cut-off': (_, response) => void response.destroy(),
  'patch-data': patching({ op: 'add', path: '/data', value: { patched: 'yes' } }),
  'patch-label': patching({ op: 'add', path: '/metadata/labels', value: { patched: 'yes' } }),
  'patch-several': patching(
    { op: 'add', path: '/data', value: { a: '1' } },
    { op: 'copy', from: '/data/a', path: '/data/b' },
    { op: 'test', path: '/data/b', value: '1' },
    { op: 'move', from: '/data/a', path: '/data/c' },
  ),
  'patch-nothing': patching(),
  'patch-missing': patching({ op: 'remove', path: '/data/missing' }),
  'patch-test-fails': patching({ op: 'test', path: '/metadata/name', value: 'other' }),
  'patch-unknown-operation': patching({ op: 'change', path: '/data', value: {} }),
  'patch-bad-label': patching({ op: 'add', path: '/metadata/labels', value: { 'bad label': '-' } }),
  'patch-wrong-type': patching({ op: 'add', path: '/data', value: 'text' }),
  'patch-unknown-field': patching({ op: 'add', path: '/colour', value: 'red' }),
  'patch-name': patching({ op: 'replace', path: '/metadata/name', value: 'renamed' }),
  'patch-namespace': patching({ op: 'replace', path: '/metadata/namespace', value: 'default' }),
  'patch-finalizers': patching({ op: 'add', path: '/metadata/finalizers', value: [] }),
  'patch-type-only': admission({ allowed: true, patchType: 'JSONPatch' }),
  'patch-only': admission({ allowed: true, patch: base64('[]') }),
  'patch-other-type': admission({ allowed: true, patchType: 'Merge', patch: base64('{}') }),
  'patch-not-base64': admission({ allowed: true, patchType: 'JSONPatch', patch: '!' }),
  'patch-not-json': admission({ allowed: true, patchType: 'JSONPatch', patch: base64('certainly') }),
  'patch-of-denial': admission({
    allowed: false,
    patchType: 'JSONPatch',
    patch: base64('[{"op":"remove","path":"/missing"}]'),
  }),
};
