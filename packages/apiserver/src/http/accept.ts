import { ApiServerError } from '../errors.ts';

/** In which shape a client wants objects. */
export type ObjectShape = 'plain' | 'table' | 'metadata' | 'metadata-list';

const JSON_TYPES = new Set(['application/json', '*/*', '']);
const SHAPES: Record<string, ObjectShape> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata-list',
};

/**
 * The first shape in an Accept header that this server can give.
 * @throws ApiServerError `NotAcceptable`
 */
export function acceptedShape(accept: string | undefined): ObjectShape {
  let known = false;
  for (const clause of (accept ?? '*/*').split(',')) {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    if (!JSON_TYPES.has(type.toLowerCase())) continue;
    const values = new Map(
      parameters.map((parameter) => parameter.split('=', 2) as [string, string | undefined]),
    );
    const as = values.get('as');
    if (as === undefined) return 'plain';
    known = true;
    const shape = Object.hasOwn(SHAPES, as) ? SHAPES[as] : undefined;
    if (shape !== undefined && values.get('g') === 'meta.k8s.io' && values.get('v') === 'v1') return shape;
  }
  throw new ApiServerError(
    'NotAcceptable',
    `only application/json is available (also as Table and PartialObjectMetadata of meta.k8s.io/v1), not ${accept ?? ''}`,
    // Kubernetes tells those less who ask for JSON of another shape.
    { detailed: !known },
  );
}
