import { named, obj } from '../../schema/dsl.ts';
import type { Schema } from '../../schema/types.ts';
import { OBJECT_META } from './meta.ts';
import { POD_SPEC } from './pod.ts';

/** What the pods of a workload are made from. */
export const POD_TEMPLATE: Schema = named(
  'io.k8s.api.core.v1.PodTemplateSpec',
  obj('What pods are made from.', { metadata: OBJECT_META, spec: POD_SPEC }),
);
