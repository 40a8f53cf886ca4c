import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, freeForm, int64, mergedMap, mergedSet, time } from '../schema/scalars.ts';

export const OwnerReferenceSchema = apiObject('An object that this object belongs to.', {
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().describe('The owner is the managing controller; at most one owner is.').optional(),
  blockOwnerDeletion: z.boolean().optional(),
});
export type OwnerReference = z.output<typeof OwnerReferenceSchema>;

export const ManagedFieldsEntrySchema = apiObject('The fields that one writer set.', {
  apiVersion: z.string().optional(),
  fieldsType: z.string().optional(),
  fieldsV1: freeForm('The set of fields, as a tree.').optional(),
  manager: z.string().optional(),
  operation: z.string().optional(),
  subresource: z.string().optional(),
  time: time().optional(),
});
export type ManagedFieldsEntry = z.output<typeof ManagedFieldsEntrySchema>;

/** Embedded copies (templates) keep fields that are not listed here, hence the marker. */
export const ObjectMetaSchema = apiObject('Identity and bookkeeping of an object.', {
  name: z.string().optional(),
  generateName: z.string().optional(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  generation: int64().optional(),
  creationTimestamp: time().nullable().optional(),
  deletionTimestamp: time().optional(),
  deletionGracePeriodSeconds: int64().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  ownerReferences: mergedMap(OwnerReferenceSchema, ['uid']).optional(),
  finalizers: mergedSet(z.string()).optional(),
  managedFields: atomicList(ManagedFieldsEntrySchema).optional(),
  selfLink: z.string().optional(),
}).meta({ 'x-kubernetes-preserve-unknown-fields': true });
export type ObjectMeta = z.output<typeof ObjectMetaSchema>;

export const ListMetaSchema = apiObject('Bookkeeping of a list.', {
  resourceVersion: z.string().optional(),
  continue: z.string().describe('Token for the next page.').optional(),
  remainingItemCount: int64().optional(),
  selfLink: z.string().optional(),
});
export type ListMeta = z.output<typeof ListMetaSchema>;

export const LabelSelectorRequirementSchema = apiObject('One condition on a label.', {
  key: z.string(),
  operator: z.string().describe('In, NotIn, Exists or DoesNotExist.'),
  values: atomicList(z.string()).optional(),
});
export type LabelSelectorRequirement = z.output<typeof LabelSelectorRequirementSchema>;

export const LabelSelectorSchema = apiObject('Labels that an object must have; all conditions apply.', {
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: atomicList(LabelSelectorRequirementSchema).optional(),
});
export type LabelSelector = z.output<typeof LabelSelectorSchema>;

/** Fields that every kind starts with. Items of a list of built-in kinds carry neither apiVersion nor kind. */
export const typeMeta = {
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
} as const;

/** Any object of the API. */
export interface KubernetesObject {
  apiVersion?: string | undefined;
  kind?: string | undefined;
  metadata: ObjectMeta;
}

/** The list kind of `item`. */
export function listOf<T extends z.ZodType>(item: T, description: string) {
  return apiObject(description, {
    ...typeMeta,
    metadata: ListMetaSchema,
    items: z.array(item),
  });
}
