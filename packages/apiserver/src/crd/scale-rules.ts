import type { StatusCause } from '../errors.ts';
import { invalidCause } from '../kinds/field-causes.ts';
import { valueAt } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ScalePaths } from '../registry/definition.ts';

/** The greatest number that a Scale can tell. */
const MOST = 2 ** 31 - 1;

/** Numbers of a custom resource that its Scale could not tell. */
export function scaleCauses(object: KubeObject, { specReplicas, statusReplicas }: ScalePaths): StatusCause[] {
  return [specReplicas, statusReplicas].flatMap((path) => {
    const value = valueAt(object, path);
    if (typeof value !== 'number') return [];
    // Unlike those of other findings, these paths begin with a dot in Kubernetes.
    const field = `.${path.join('.')}`;
    if (value < 0) return [invalidCause(field, value, 'should be a non-negative integer')];
    return value > MOST ? [invalidCause(field, value, `should be less than or equal to ${MOST}`)] : [];
  });
}
