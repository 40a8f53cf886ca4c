// References to other objects in the same or another namespace.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int32, quantity } from '../schema/scalars.ts';

export const LocalObjectReferenceSchema = apiObject('An object of the same namespace, by name.', {
  name: z.string().optional(),
});
export type LocalObjectReference = z.output<typeof LocalObjectReferenceSchema>;

export const ObjectFieldSelectorSchema = apiObject('A field of the pod itself.', {
  apiVersion: z.string().optional(),
  fieldPath: z.string(),
});
export type ObjectFieldSelector = z.output<typeof ObjectFieldSelectorSchema>;

export const ResourceFieldSelectorSchema = apiObject('A resource request or limit of a container.', {
  containerName: z.string().optional(),
  divisor: quantity().optional(),
  resource: z.string(),
});
export type ResourceFieldSelector = z.output<typeof ResourceFieldSelectorSchema>;

export const TypedLocalObjectReferenceSchema = apiObject(
  'An object of the same namespace, by kind and name.',
  {
    kind: z.string(),
    name: z.string(),
    apiGroup: z.string().optional(),
  },
);
export type TypedLocalObjectReference = z.output<typeof TypedLocalObjectReferenceSchema>;

export const TypedObjectReferenceSchema = apiObject('An object by kind, name and, when allowed, namespace.', {
  kind: z.string(),
  name: z.string(),
  apiGroup: z.string().optional(),
  namespace: z.string().optional(),
});
export type TypedObjectReference = z.output<typeof TypedObjectReferenceSchema>;

export const DownwardAPIVolumeFileSchema = apiObject('One file filled from a field of the pod.', {
  fieldRef: ObjectFieldSelectorSchema.optional(),
  mode: int32().optional(),
  path: z.string(),
  resourceFieldRef: ResourceFieldSelectorSchema.optional(),
});
export type DownwardAPIVolumeFile = z.output<typeof DownwardAPIVolumeFileSchema>;
