import { reviewOf, sendJson, type Behaviour, type Json } from './behaviour.ts';

const conversion =
  (make: (objects: Json[], desired: string) => Json, outer: Json = {}): Behaviour =>
  (received, response) => {
    const { apiVersion, request } = reviewOf(received);
    sendJson(response, {
      apiVersion,
      kind: 'ConversionReview',
      response: {
        uid: request.uid,
        result: { status: 'Success' },
        ...make(request.objects as Json[], String(request.desiredAPIVersion)),
      },
      ...outer,
    });
  };

/** `spec.size` of v1 is `spec.length` in v2. */
function resized(object: Json, apiVersion: string): Json {
  const { size, length, ...spec } = (object.spec ?? {}) as Json;
  const value = size ?? length;
  const member = apiVersion.endsWith('/v2') ? 'length' : 'size';
  return { ...object, apiVersion, spec: { ...spec, ...(value !== undefined && { [member]: value }) } };
}

/** Converts, and then sets members of the metadata. */
const withMetadata = (more: Json): Behaviour =>
  conversion((objects, desired) => ({
    convertedObjects: objects.map((object) => ({
      ...resized(object, desired),
      metadata: { ...(object.metadata as Json), ...more },
    })),
  }));

/** The webhooks for conversion of a remote server, by the last part of their paths. */
export const conversionAnswers: Readonly<Record<string, Behaviour>> = {
  convert: withMetadata({}),
  'convert-labels': withMetadata({ labels: { converted: 'yes' }, annotations: { converted: 'yes' } }),
  'convert-generation': withMetadata({ generation: 77, finalizers: ['example.com/other'] }),
  'convert-bad-label': withMetadata({ labels: { 'bad label': '-' } }),
  'convert-name': withMetadata({ name: 'other' }),
  'convert-namespace': withMetadata({ namespace: 'other' }),
  'convert-object-uid': withMetadata({ uid: 'other' }),
  'convert-none': conversion(() => ({ convertedObjects: [] })),
  'convert-fail': conversion(() => ({ result: { status: 'Failed', message: 'cannot' } })),
  'convert-fail-silently': conversion(() => ({ result: { status: 'Failed' } })),
  'convert-no-result': conversion((objects) => ({ result: undefined, convertedObjects: objects })),
  'convert-same': conversion((objects) => ({ convertedObjects: objects })),
  'convert-kind': conversion((objects, desired) => ({
    convertedObjects: objects.map((object) => ({ ...resized(object, desired), kind: 'Other' })),
  })),
  'convert-no-metadata': conversion((objects, desired) => ({
    convertedObjects: objects.map((object) => ({ ...resized(object, desired), metadata: undefined })),
  })),
  'convert-uid': conversion(() => ({ uid: 'wrong' })),
  'convert-version': conversion((objects) => ({ convertedObjects: objects }), {
    apiVersion: 'apiextensions.k8s.io/v9',
  }),
  'convert-not-json': (_, response) => void response.writeHead(200).end('certainly'),
  'convert-500': (_, response) => void response.writeHead(500).end('broken'),
};
