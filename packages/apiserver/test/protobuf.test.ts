import { expect, test } from 'vitest';
import { decodeProtobuf } from '../src/protobuf/messages.ts';
import { bytesField, flagField, textField } from '../src/protobuf/writer.ts';

/** An object in the envelope in which clients send it. */
const sent = (apiVersion: string, kind: string, ...fields: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    bytesField(1, Buffer.concat([textField(1, apiVersion), textField(2, kind)])),
    bytesField(2, Buffer.concat(fields)),
  ]);

const metadata = bytesField(1, textField(1, 'one'));

test.each([
  {
    title: 'maps of texts and of bytes',
    body: sent(
      'v1',
      'ConfigMap',
      metadata,
      bytesField(2, Buffer.concat([textField(1, 'a'), textField(2, '1')])),
      bytesField(3, Buffer.concat([textField(1, 'b'), bytesField(2, Buffer.from([0, 255]))])),
    ),
    object: { metadata: { name: 'one' }, data: { a: '1' }, binaryData: { b: 'AP8=' } },
  },
  {
    title: 'a zero that means something, and one that says that nothing was set',
    body: sent('apps/v1', 'Deployment', metadata, bytesField(2, Buffer.from([0x08, 0, 0x28, 0]))),
    object: { metadata: { name: 'one' }, spec: { replicas: 0 } },
  },
  {
    title: 'members that JSON has in the place of a message',
    body: sent(
      'v1',
      'PersistentVolume',
      metadata,
      bytesField(2, bytesField(2, bytesField(3, textField(1, '/data')))),
    ),
    object: { metadata: { name: 'one' }, spec: { hostPath: { path: '/data' } } },
  },
  {
    title: 'a value that may be a number or a text',
    body: sent(
      'v1',
      'Service',
      metadata,
      bytesField(
        2,
        bytesField(1, bytesField(4, Buffer.concat([Buffer.from([0x08, 1]), textField(3, 'http')]))),
      ),
    ),
    object: { metadata: { name: 'one' }, spec: { ports: [{ targetPort: 'http' }] } },
  },
  {
    title: 'fields that nobody knows',
    body: sent('v1', 'ConfigMap', metadata, textField(99, 'of a newer client')),
    object: { metadata: { name: 'one' } },
  },
  {
    title: 'options of a deletion, in whichever group',
    body: sent('policy/v1', 'DeleteOptions', textField(4, 'Orphan'), textField(5, 'All'), flagField(3, true)),
    object: { propagationPolicy: 'Orphan', dryRun: ['All'], orphanDependents: true },
  },
])('protobuf is read: $title', ({ body, object }) => {
  const { apiVersion: _apiVersion, kind: _kind, ...members } = decodeProtobuf(body);
  expect(members).toEqual(object);
});

test.each([
  { title: 'what is no object', body: Buffer.from('{}'), code: 'BadRequest' },
  {
    title: 'a body that is cut short',
    body: sent('v1', 'ConfigMap', metadata).subarray(0, -3),
    code: 'BadRequest',
  },
  {
    title: 'a number where an object is expected',
    body: sent('v1', 'ConfigMap', Buffer.from([0x08, 1])),
    code: 'BadRequest',
  },
  {
    title: 'a kind that is sent as JSON only',
    body: sent('apiextensions.k8s.io/v1', 'CustomResourceDefinition', metadata),
    code: 'UnsupportedMediaType',
  },
  {
    title: 'a kind of somebody else',
    body: sent('apps.example.com/v1', 'Deployment', metadata),
    code: 'UnsupportedMediaType',
  },
])('protobuf is refused: $title', ({ body, code }) => {
  expect(() => decodeProtobuf(body)).toThrow(expect.objectContaining({ code }));
});
