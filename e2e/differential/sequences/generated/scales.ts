import fc from 'fast-check';
import type { RequestStep } from '../../sequence.ts';
import { get, patch, put } from '../requests.ts';
import { nameOf, revision } from './draw.ts';
import type { DrawnKind } from './resource.ts';

/** A request about how many there are to be. */
export function scaling(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  const { path } = kind;
  const name = nameOf(kind);
  return fc.oneof(
    name.map((object) => get(`${path}/${object}/scale`)),
    fc
      .tuple(name, fc.constantFrom(0, 1, 3, -1))
      .map(([object, replicas]) => patch('merge', `${path}/${object}/scale`, { spec: { replicas } })),
    fc.tuple(name, fc.constantFrom(0, 2), revision).map(([object, replicas, resourceVersion]) =>
      put(`${path}/${object}/scale`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: {
          name: object,
          namespace: '{{ns}}',
          ...(resourceVersion !== undefined && { resourceVersion }),
        },
        spec: { replicas },
      }),
    ),
  );
}
